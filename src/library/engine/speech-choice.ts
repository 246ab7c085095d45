import type { ChimeName } from '../../../media/index.js';

/** How one item is spoken: settings of the item, chosen by its author, frozen with the version. */
export interface SpeechChoice {
  /** Id of a voice; null: the first of the language. */
  readonly voice: string | null;
  /** 1 is an announcer's pace, 0.8 slow; 0.5 to 2. */
  readonly rate: number;
  /** Silence between sentences and between paragraphs. */
  readonly pauseMs: number;
  readonly paragraphPauseMs: number;
  /** Read once or twice. */
  readonly repeat: 1 | 2;
  readonly chimeBefore: ChimeName | 'none';
  readonly chimeAfter: ChimeName | 'none';
}

export const USUAL_SPEECH: SpeechChoice = {
  voice: null,
  rate: 1,
  pauseMs: 350,
  paragraphPauseMs: 800,
  repeat: 1,
  chimeBefore: 'none',
  chimeAfter: 'none',
};
