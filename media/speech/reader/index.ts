/** The Vietnamese text reader: what is written → what will be said, in front of any speech driver. Pure; runs in a browser too. */
export { BUILT_IN_DICTIONARY } from './dictionary.js';
export { readVietnamese } from './read.js';
export type {
  Accent,
  DictionaryEntry,
  Doubt,
  Reading,
  ReadingOptions,
  ReadSentence,
  Replacement,
} from './types.js';
