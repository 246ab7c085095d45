import type { ChimeName } from './chimes.js';

/** How a script is spoken; stored with the version. */
export interface SpeechSettings {
  /** Id of a voice of the driver; its first one of the language without it. */
  readonly voice?: string;
  /** 0.5 to 2; 1 is the pace of an announcer, 0.8 slow. */
  readonly rate: number;
  readonly pauseMs: number;
  readonly paragraphPauseMs: number;
  /** How often the whole text is read. */
  readonly repeat: 1 | 2;
  readonly repeatPauseMs: number;
  readonly chimeBefore: ChimeName | 'none';
  readonly chimeAfter: ChimeName | 'none';
}

export const DEFAULT_SPEECH: SpeechSettings = {
  rate: 1,
  pauseMs: 350,
  paragraphPauseMs: 800,
  repeat: 1,
  repeatPauseMs: 2000,
  chimeBefore: 'none',
  chimeAfter: 'none',
};
