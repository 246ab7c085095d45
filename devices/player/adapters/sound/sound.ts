import type { RelaySource } from '../../../protocol/index.js';

export interface SoundRequest {
  /** Names the play in logs and in the sink's own records. */
  readonly name: string;
  readonly path: string;
  readonly seekMs: number;
  /** 0 to 100 percent of the file's own amplitude; 100 leaves it as it is. */
  readonly volume: number;
  /** When the first sample sounds (monotonic), never before; as soon as possible if that is past or absent. */
  readonly atMonoMs?: number;
  /** Sound comes from there; the file, repeated, while that gives none, and all ends after `relayMs`. */
  readonly relay?: { readonly source: RelaySource; readonly relayMs: number };
  /** The relay's source is heard, or the file has taken its place; and for how long the source was heard until now. */
  readonly onRelay?: (heard: boolean, heardMs: number) => void;
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

/** A file that will be played from its beginning before long. */
export type NextSound = Pick<SoundRequest, 'name' | 'path' | 'volume'>;

/** Makes one file sound. Never rejects. */
export interface SoundOutput {
  play(request: SoundRequest): Promise<SoundEnd>;
  /** Decoder and output get ready for `next` and stay silent; null: nothing is expected any more. Cheap when nothing changes. */
  prepare?(next: NextSound | null): void;
  /** Of what sounds, in percent like `volume` of its request. */
  setVolume?(name: string, volume: number): void;
  /** A plain tone, when nothing else sounds. @returns whether it sounded */
  tone?(volume: number, durationMs: number): Promise<boolean>;
}
