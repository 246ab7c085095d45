export interface SoundRequest {
  /** Names the play in logs and in the sink's own records. */
  readonly name: string;
  readonly path: string;
  readonly seekMs: number;
  /** 0 to 100 percent of the file's own amplitude; 100 leaves it as it is. */
  readonly volume: number;
  /** The first sample was consumed, at this monotonic instant. Never before. */
  readonly onStarted: (monoMs: number) => void;
  /** About every 250 ms: milliseconds consumed so far. */
  readonly onProgress: (playedMs: number) => void;
  /** Aborted: silence, at once. */
  readonly signal: AbortSignal;
}

export interface SoundEnd {
  /** Milliseconds that the sink consumed; never more. */
  readonly playedMs: number;
  /** `damaged`: the file could not be decoded. `failed`: the sound output is at fault. */
  readonly reason: 'end' | 'stopped' | 'failed' | 'damaged';
}

/** Makes one file sound. Never rejects. */
export interface SoundOutput {
  play(request: SoundRequest): Promise<SoundEnd>;
}
