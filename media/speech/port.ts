/** A voice of one driver. It speaks its own language only: a mute notice is better than one that nobody understands. */
export interface SpeechVoice {
  readonly id: string;
  /** BCP 47, e.g. `vi`. */
  readonly language: string;
  /** Shown to the author, in the voice's own language. */
  readonly name: string;
}

export interface SpeechRequest {
  /** Plain text; markup in it is read or dropped, never obeyed. */
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
  /** Id of one of the driver's voices; its first voice of the language without one. */
  readonly voice?: string;
  /** Speed as a factor, 0.5 to 2; 1 is the pace of an announcer. Values outside are brought to the nearer end. */
  readonly rate?: number;
  readonly signal?: AbortSignal;
}

export interface SpokenAudio {
  /** A WAV file, mono, 16 bit. */
  readonly wav: Uint8Array;
  readonly sampleRate: number;
  /** Integer, counted from the samples. */
  readonly durationMs: number;
}

/** Text to speech. Throws MediaProblem with a `speech.` code, or the signal's reason on abort. */
export interface SpeechDriver {
  readonly id: string;
  readonly languages: readonly string[];
  readonly voices: readonly SpeechVoice[];
  speak(request: SpeechRequest): Promise<SpokenAudio>;
  /** Stops everything that `speak` started; speech that is still being made is refused. */
  close(): Promise<void>;
}
