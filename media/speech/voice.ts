import { MediaProblem } from '../problem.js';
import type { SpeechRequest, SpeechVoice } from './port.js';

const SLOWEST = 0.5;
const FASTEST = 2;

/** The voice asked for, or the first of the language. Throws `speech.languageUnsupported` rather than speak with another. */
export function chooseVoice<V extends SpeechVoice>(
  voices: readonly V[],
  { language, voice }: Pick<SpeechRequest, 'language' | 'voice'>,
): V {
  const chosen = voices.find(({ id, language: own }) => own === language && (voice === undefined || voice === id));
  if (chosen === undefined) {
    throw new MediaProblem('speech.languageUnsupported', `no voice ${voice ?? ''} for ${language}`);
  }
  return chosen;
}

export function withinRates(rate: number | undefined): number {
  return rate === undefined || Number.isNaN(rate) ? 1 : Math.min(FASTEST, Math.max(SLOWEST, rate));
}
