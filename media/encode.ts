import { open } from 'node:fs/promises';
import type { Analysis } from './core/analysis.js';
import { applyGains, limiterGains } from './core/limiter.js';
import { Waveform } from './core/waveform.js';
import { amplitude, type Levelling } from './level.js';
import { type AudioLimits, MP3_BITRATE, OPUS_BITRATE, SAMPLE_RATE, SAMPLES_PER_MS } from './limits.js';
import { MediaProblem } from './problem.js';
import { feedFfmpeg, lastWords } from './run.js';
import type { FfmpegTool } from './tool.js';

/** The two forms in which everything is stored: Opus for devices and browsers, MP3 for whatever else is on a pole. */
export type ProductFormat = 'opus' | 'mp3';

export interface Target {
  readonly format: ProductFormat;
  readonly output: string;
  /** Which of the `WAYS`; one that does not exist is the last. */
  readonly way: number;
}

export interface EncodeRequest {
  readonly tool: FfmpegTool;
  readonly limits: AudioLimits;
  readonly signal?: AbortSignal | undefined;
  /** The recording as `readRecording` wrote it. */
  readonly pcm: string;
  /** First sample of the part that is produced. */
  readonly firstSample: number;
  /** Of that part. */
  readonly analysis: Analysis;
  readonly level: Levelling;
  readonly target: Target;
}

// At 48 kHz, because ffmpeg of 2018 states the delay of any other rate wrongly, and the sound would begin 3 ms late.
const OPUS = ['-c:a', 'libopus', '-b:a', String(OPUS_BITRATE), '-ar', '48000', '-cutoff', '12000'];
// The tag in front lets players and ffmpeg cut off the padding, so that the length is right to the sample.
const MP3 = ['-c:a', 'libmp3lame', '-b:a', String(MP3_BITRATE), '-write_xing', '1', '-id3v2_version', '0'];

/**
 * Ways to encode, best first. In some places of some speech libopus leaves a click, up to 7 dB above all other peaks, which another
 * way does not: limiting the whole sound for it would be the worse cure. The first takes half the time of the defaults and sounds
 * the same at this bit rate; the last knows no voice model, hence no such clicks, and sounds a little coarser.
 */
export const WAYS: Record<ProductFormat, readonly [readonly string[], ...(readonly string[])[]]> = {
  opus: [
    [...OPUS, '-vbr', 'on', '-application', 'voip', '-frame_duration', '40', '-compression_level', '5'],
    [...OPUS, '-vbr', 'on', '-application', 'audio', '-frame_duration', '40', '-compression_level', '7'],
    [...OPUS, '-vbr', 'on', '-application', 'voip', '-frame_duration', '20', '-compression_level', '10'],
    [...OPUS, '-vbr', 'off', '-application', 'lowdelay', '-frame_duration', '20', '-compression_level', '10'],
  ],
  mp3: [MP3],
};
const MUXER: Record<ProductFormat, string> = { opus: 'ogg', mp3: 'mp3' };

/**
 * Reads the levelled sound from standard input and writes one file. The bitexact flags fix the serial number and leave out the
 * version of ffmpeg, so that the same input gives the same bytes (from the same build: the codecs themselves change).
 */
export function encodeArgs({ format, output, way }: Target, limits: AudioLimits): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'warning', '-protocol_whitelist', 'file,pipe'],
    ...['-f', 'f32le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', 'pipe:0'],
    ...[
      ...(WAYS[format][way] ?? WAYS[format].at(-1) ?? WAYS[format][0]),
      '-threads',
      '1',
      '-flags:a',
      '+bitexact',
      '-fflags',
      '+bitexact',
    ],
    // One byte over the limit is enough to see that it was passed.
    ...['-fs', String(limits.maxOutputBytes + 1), '-f', MUXER[format], '-y', `file:${output}`],
  ];
}

const PART_MS = 10_000;

/** Levels the sound and feeds one encoder with it. @returns heights of the waveform */
export async function encode(request: EncodeRequest): Promise<number[]> {
  const { tool, limits, signal, target } = request;
  const encoder = feedFfmpeg({ tool, signal, args: encodeArgs(target, limits), timeoutMs: limits.runTimeoutMs });
  const waveform = new Waveform(request.analysis.samples);
  let failure: unknown;
  try {
    for await (const part of levelled(request)) {
      signal?.throwIfAborted();
      waveform.push(part);
      await encoder.write(new Uint8Array(part.buffer));
    }
  } catch (error) {
    failure = error;
  }
  // Also when something failed it ends first: nobody may write the file any more when this returns.
  const end = await encoder.end().catch((error: unknown) => {
    throw failure ?? error;
  });
  if (failure !== undefined) throw failure;
  if (end.exitCode !== 0) throw new MediaProblem('media.toolFailed', lastWords(end.stderr));
  return waveform.peaks;
}

async function* levelled({
  pcm,
  firstSample,
  analysis,
  level,
}: EncodeRequest): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const gain = amplitude(level.gainDb);
  const file = await open(pcm, 'r');
  try {
    for (let from = 0; from * SAMPLES_PER_MS < analysis.samples; from += PART_MS) {
      const samples = new Float32Array(Math.min(PART_MS * SAMPLES_PER_MS, analysis.samples - from * SAMPLES_PER_MS));
      await readAll(file, new Uint8Array(samples.buffer), (firstSample + from * SAMPLES_PER_MS) * 4);
      const to = from + Math.ceil(samples.length / SAMPLES_PER_MS);
      // One millisecond more at each end: between the middles of two the gain runs straight.
      const gains =
        level.ceilingDb === undefined
          ? new Float32Array(to - from + 2).fill(1)
          : limiterGains(analysis.peaks, { from: from - 1, to: to + 1, gain, ceiling: amplitude(level.ceilingDb) });
      applyGains(samples, gains, gain, SAMPLES_PER_MS);
      yield samples;
    }
  } finally {
    await file.close();
  }
}

async function readAll(file: Awaited<ReturnType<typeof open>>, into: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at);
    if (bytesRead === 0) throw new MediaProblem('media.toolFailed', 'the decoded sound became shorter');
    at += bytesRead;
  }
}
