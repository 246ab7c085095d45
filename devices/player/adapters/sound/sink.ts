/** Where decoded PCM (sink/pace.ts) goes: one PcmPlay for each play. */
export interface PcmSink {
  /** False: a card that one play has to itself; the next is opened once it is free. */
  readonly shared: boolean;
  /** Takes PCM and stays silent until told to begin. */
  open(name: string, listener: SinkListener): PcmPlay;
}

export interface SinkListener {
  /** `frames` consumed since the first, which was consumed at `startedMonoMs`. Called with 0 at the start. */
  heard(frames: number, startedMonoMs: number): void;
  failed(problem: string): void;
}

export interface PcmPlay {
  /** Sounds from that monotonic instant on; at once if it is past. */
  begin(atMonoMs: number): void;
  /** Bytes it takes now without running ahead of the sound. May be negative. */
  room(): number;
  write(pcm: Buffer): void;
  /** Plays out what it holds; resolves to the frames consumed. */
  finish(): Promise<number>;
  /** Silence at once; resolves to the frames consumed until then. */
  stop(): Promise<number>;
}

/**
 * PCM on its way that has not sounded yet. It is what may still sound after the player was killed, and so the most by
 * which a receipt can fall short of the truth; and it is how long the decoder may stall unheard.
 */
export const AHEAD_MS = 200;
