import { type Loudness, LoudnessWatch, peakDb, recordingType } from './levels.js';

/** Why there is no recording: what the person can do about it differs. */
export type MicrophoneFault = 'insecure' | 'unsupported' | 'denied' | 'missing' | 'busy' | 'failed';

export class NoMicrophone extends Error {
  constructor(readonly fault: MicrophoneFault) {
    super(fault);
  }
}

export interface Recording {
  readonly blob: Blob;
  readonly durationMs: number;
}

export interface Heard {
  readonly elapsedMs: number;
  readonly db: number;
  readonly loudness: Loudness;
}

/** Speech, at a rate that a poor line can carry: ten minutes are about 4 MB. */
const BITS_PER_SECOND = 48_000;
/** What was said so far is handed over this often, so that a crash of the encoder costs a second. */
const PIECE_MS = 1_000;
const LOOK_MS = 80;

/** What stands in the way before anybody is asked; null: nothing known. */
export function obstacle(): MicrophoneFault | null {
  if (!window.isSecureContext) return 'insecure';
  return navigator.mediaDevices && 'MediaRecorder' in window ? null : 'unsupported';
}

/** One recording, from the moment that the person allowed it. */
export class Recorder {
  readonly #pieces: Blob[] = [];
  readonly #watch = new LoudnessWatch();
  readonly #recorder: MediaRecorder;
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples = new Float32Array(this.#analyser.fftSize);
  #startedAtMs = 0;
  #timer = 0;
  #screen: WakeLockSentinel | null = null;
  /** Settles when it ended: by the person, by the limit, or because the microphone was taken away (a call came in). */
  readonly done: Promise<Recording>;

  private constructor(
    private readonly stream: MediaStream,
    private readonly mostMs: number,
    private readonly heard: (now: Heard) => void,
  ) {
    const mimeType = recordingType((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, {
      ...(mimeType === '' ? {} : { mimeType }),
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    this.#recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size > 0) this.#pieces.push(data);
    });
    this.done = new Promise((resolve, reject) => {
      this.#recorder.addEventListener('stop', () => {
        const durationMs = Math.round(performance.now() - this.#startedAtMs);
        this.#release();
        const type = this.#recorder.mimeType || mimeType || 'audio/webm';
        const blob = new Blob(this.#pieces, { type });
        if (blob.size > 0) resolve({ blob, durationMs });
        else reject(new NoMicrophone('failed'));
      });
    });
  }

  /** Asks for the microphone and starts. @throws NoMicrophone */
  static async start(mostMs: number, heard: (now: Heard) => void): Promise<Recorder> {
    const fault = obstacle();
    if (fault) throw new NoMicrophone(fault);
    const stream = await navigator.mediaDevices
      .getUserMedia({
        audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: true },
      })
      .catch((error: unknown) => {
        throw new NoMicrophone(faultOf(error));
      });
    try {
      const recorder = new Recorder(stream, mostMs, heard);
      await recorder.#begin();
      return recorder;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error instanceof NoMicrophone ? error : new NoMicrophone('failed');
    }
  }

  stop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
  }

  async #begin(): Promise<void> {
    const started = new Promise<void>((resolve) => {
      this.#recorder.addEventListener('start', () => resolve(), { once: true });
    });
    for (const track of this.stream.getTracks()) track.addEventListener('ended', () => this.stop());
    this.#recorder.start(PIECE_MS);
    await started;
    this.#startedAtMs = performance.now();
    this.#timer = window.setInterval(() => this.#look(), LOOK_MS);
    void this.#keepAwake();
  }

  /** A screen that goes dark may end a recording; where that is not allowed, the person keeps it awake. */
  async #keepAwake(): Promise<void> {
    const screen = await navigator.wakeLock?.request('screen').catch(() => null);
    if (this.#recorder.state === 'inactive') await screen?.release();
    else this.#screen = screen ?? null;
  }

  #look(): void {
    const elapsedMs = performance.now() - this.#startedAtMs;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const db = peakDb(this.#samples);
    this.heard({ elapsedMs, db, loudness: this.#watch.next(db, elapsedMs) });
    if (elapsedMs >= this.mostMs) this.stop();
  }

  #release(): void {
    window.clearInterval(this.#timer);
    for (const track of this.stream.getTracks()) track.stop();
    void this.#context.close();
    void this.#screen?.release();
  }
}

function faultOf(error: unknown): MicrophoneFault {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed';
}
