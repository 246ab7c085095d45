import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Container } from './container/identify.js';
import { Analyser, type Analysis } from './core/analysis.js';
import { Cleaner, withoutDamage } from './core/clean.js';
import { Clipping } from './core/clipping.js';
import { inputArgs } from './input.js';
import { type AudioLimits, SAMPLE_RATE, SAMPLES_PER_MS } from './limits.js';
import { MonoChoice, monoOf } from './mono.js';
import { MediaProblem } from './problem.js';
import { lastWords, runFfmpeg } from './run.js';
import type { FfmpegTool } from './tool.js';
import { WavStream } from './wav-stream.js';

/** What is done to a recording before it is levelled. */
export interface CleanSettings {
  /** Take silence away in front and behind. */
  readonly trimSilence: boolean;
  /** Take away what no horn sounds. */
  readonly highPass: boolean;
  /** `telephone` keeps the band of a telephone line and lowers its noise. */
  readonly noiseReduction: 'none' | 'telephone';
}

/** The band of a telephone line (ITU-T G.712), and 12 dB less of the even noise within. */
const TELEPHONE = 'highpass=f=200,lowpass=f=3700,afftdn=nr=12:nf=-40:tn=1';
/** More damaged samples than this and it is no recording any more. */
const MOST_DAMAGED = 0.01;

export interface RecordingRequest {
  readonly tool: FfmpegTool;
  readonly path: string;
  readonly container: Container;
  readonly limits: AudioLimits;
  readonly clean: CleanSettings;
  /** Where the decoded sound is written: mono, 32-bit float at the working rate, 0.35 GB an hour. */
  readonly pcm: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Recording {
  readonly pcm: string;
  readonly analysis: Analysis;
  /** In the recording as it was recorded. */
  readonly clipped: { readonly samples: number; readonly clippedSamples: number };
  readonly repairedSamples: number;
}

/**
 * Decodes once. The sound goes to standard output at the working rate; as it was recorded it goes to the side, because after
 * a change of rate nobody can see any more where it was cut off.
 */
export function recordingArgs({ path, container, limits, clean }: RecordingRequest): string[] {
  const filters = [
    `aresample=${SAMPLE_RATE}`,
    'aformat=sample_fmts=flt:channel_layouts=stereo|mono',
    ...(clean.noiseReduction === 'telephone' ? [TELEPHONE] : []),
  ].join(',');
  return [
    ...inputArgs({ path, container, maxDurationMs: limits.maxDurationMs }),
    ...['-map', '0:a:0', '-af', filters, '-c:a', 'pcm_f32le', '-fflags', '+bitexact', '-f', 'wav', 'pipe:1'],
    ...['-map', '0:a:0', '-c:a', 'pcm_s16le', '-fflags', '+bitexact', '-f', 'wav', 'pipe:3'],
  ];
}

/** Decodes, mixes to mono, cleans and analyses; refuses what is no sound, ends early or is outside the limits. */
export async function readRecording(request: RecordingRequest): Promise<Recording> {
  const sound = await open(request.pcm, 'wx');
  const spool = `${request.pcm}-stereo`;
  try {
    return await new Reading(request, sound, spool).read();
  } finally {
    await sound.close();
    await rm(spool, { force: true });
  }
}

class Reading {
  readonly #analyser = new Analyser(SAMPLE_RATE);
  readonly #cleaner: Cleaner;
  readonly #choice = new MonoChoice();
  #clipping: Clipping | undefined;
  #stereo: FileHandle | undefined;
  #frames = 0;
  #damaged = 0;

  constructor(
    private readonly request: RecordingRequest,
    private readonly sound: FileHandle,
    private readonly spool: string,
  ) {
    this.#cleaner = new Cleaner({ sampleRate: SAMPLE_RATE, highPass: request.clean.highPass });
  }

  async read(): Promise<Recording> {
    const { tool, limits, signal, container } = this.request;
    const out = new WavStream();
    const side = new WavStream();
    try {
      const end = await runFfmpeg({
        tool,
        args: recordingArgs(this.request),
        timeoutMs: limits.runTimeoutMs,
        signal,
        onOutput: (piece) => this.#takeSound(new Float32Array(out.push(piece)), out.channels),
        onSide: (piece) => {
          const samples = new Int16Array(side.push(piece));
          this.#clipping ??= side.channels === 0 ? undefined : new Clipping(side.channels);
          this.#clipping?.push(samples);
          return true;
        },
      });
      if (end.stopped) throw new MediaProblem('media.tooLong', `longer than ${limits.maxDurationMs} ms`);
      if (end.exitCode !== 0) throw blame(end.stderr, this.#frames);
    } finally {
      await this.#stereo?.close();
    }
    assertLength(toMs(this.#frames), container, limits);
    if (this.#damaged > this.#frames * out.channels * MOST_DAMAGED) {
      throw new MediaProblem('media.notAudio', `${this.#damaged} samples are no numbers`);
    }
    if (this.#stereo !== undefined) await this.#mixDown();
    return {
      pcm: this.request.pcm,
      analysis: this.#analyser.end(),
      clipped: { samples: this.#clipping?.samples ?? 0, clippedSamples: this.#clipping?.clipped ?? 0 },
      repairedSamples: this.#damaged,
    };
  }

  async #takeSound(samples: Float32Array, channels: number): Promise<boolean> {
    if (samples.length === 0) return true;
    this.#frames += samples.length / channels;
    this.#damaged += withoutDamage(samples);
    if (channels === 1) await this.#takeMono(samples);
    else {
      this.#choice.push(samples);
      this.#stereo ??= await open(this.spool, 'wx');
      await this.#stereo.appendFile(bytesOf(samples));
    }
    return this.#frames <= this.request.limits.maxDurationMs * SAMPLES_PER_MS;
  }

  async #takeMono(samples: Float32Array): Promise<void> {
    this.#cleaner.clean(samples);
    this.#analyser.push(samples);
    await this.sound.appendFile(bytesOf(samples));
  }

  /** Which channel carries the voice is known only when all was heard. */
  async #mixDown(): Promise<void> {
    const source = this.#choice.choose();
    const frameBytes = 8;
    let held: Buffer = Buffer.alloc(0);
    for await (const piece of createReadStream(this.spool, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
      this.request.signal?.throwIfAborted();
      const joined = held.length === 0 ? piece : Buffer.concat([held, piece]);
      const whole = joined.length - (joined.length % frameBytes);
      held = joined.subarray(whole);
      const stereo = new Float32Array(new Uint8Array(joined.subarray(0, whole)).buffer);
      await this.#takeMono(monoOf(stereo, source));
    }
  }
}

const bytesOf = (samples: Float32Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

/** Length of this much decoded sound. None is no length: it is refused and never given as 0 (fault case 4). */
export function toMs(frames: number): number {
  if (frames === 0) throw new MediaProblem('media.durationUnknown', 'no sound could be decoded');
  return Math.round(frames / SAMPLES_PER_MS);
}

/** An error before the first sample means that this is no sound at all; behind it, that the file breaks off. */
function blame(stderr: string, decoded: number): MediaProblem {
  if (/Cannot allocate memory|Unrecognized option|Option not found|No such filter/.test(stderr)) {
    return new MediaProblem('media.toolFailed', lastWords(stderr));
  }
  return new MediaProblem(decoded === 0 ? 'media.notAudio' : 'media.truncated', lastWords(stderr));
}

function assertLength(durationMs: number, { statedMs }: Container, limits: AudioLimits): void {
  // Encoders pad and trim some frames at both ends; a part that is really missing is longer than that.
  const toleratedMs = statedMs === undefined ? 0 : Math.max(200, statedMs * 0.005);
  if (statedMs !== undefined && durationMs < statedMs - toleratedMs) {
    throw new MediaProblem('media.truncated', `${durationMs} of ${Math.round(statedMs)} stated ms could be decoded`);
  }
  if (durationMs < limits.minDurationMs) throw new MediaProblem('media.tooShort', `${durationMs} ms`);
  if (durationMs > limits.maxDurationMs) throw new MediaProblem('media.tooLong', `${durationMs} ms`);
}
