/** Of the regions of Viet Nam; a listener trusts the voice of his own. */
export type Accent = 'north' | 'central' | 'south';

/** A voice of one driver. It speaks its own language only: a mute notice is better than one that nobody understands. */
export interface SpeechVoice {
  readonly id: string;
  /** BCP 47 without a region, e.g. `vi`. */
  readonly language: string;
  /** Shown to the author, in the voice's own language. */
  readonly name: string;
  /** Only where the maker of the voice states one. */
  readonly accent?: Accent;
}

export interface SpeechRequest {
  /** Plain text; markup in it is read or dropped, never obeyed. */
  readonly text: string;
  /** BCP 47 without a region. */
  readonly language: string;
  /** Id of one of the driver's voices; its first voice of the language without one. */
  readonly voice?: string | undefined;
  /** Speed as a factor, 0.5 to 2; 1 is the pace of an announcer. Values outside are brought to the nearer end. */
  readonly rate?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SpokenAudio {
  /** A WAV file, mono, 16 bit, header of 44 bytes. */
  readonly wav: Uint8Array;
  readonly sampleRate: number;
  /** Integer, counted from the samples. */
  readonly durationMs: number;
}

/** Text to speech. Throws MediaProblem with a `speech.` code, or the signal's reason on abort. */
export interface SpeechDriver {
  readonly id: string;
  /** Another one wherever the same text may sound otherwise (program, model, service): part of every cache key. */
  readonly version: string;
  readonly languages: readonly string[];
  readonly voices: readonly SpeechVoice[];
  speak(request: SpeechRequest): Promise<SpokenAudio>;
  /** Starts ahead what the first text would wait for. Keeps no process alive. */
  warm(): Promise<void>;
  /** Stops everything that `speak` started; speech that is still being made is refused. */
  close(): Promise<void>;
}
