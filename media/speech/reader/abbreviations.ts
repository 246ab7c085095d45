import { AMBIGUOUS } from './dictionary.js';
import { isLatinLetter, letterName, spelled } from './letters.js';
import { matchAt, type Rule, type Scan, type Spoken } from './scan.js';
import { hasMarkedVowel, isBareSyllable, isSyllable } from './syllables.js';
import { perWord } from './units.js';
import type { Vocabulary } from './vocabulary.js';

const RUN = /[\p{L}\p{M}\p{Nd}]+/uy;
const WORD = /[\p{L}\p{M}]+(?:['’ʼ-][\p{L}\p{M}]+){0,6}/uy;
const NEXT_CAPITALS = /[ ]{1,3}(\p{Lu}{2,7})(?![\p{L}\p{M}\p{Nd}])/uy;
const PLAIN = /^[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01cd-\u024f\u1e00-\u1eff]+$/;
const VOWEL = /[AEIOUY]/;
/** A longer row of letters is no word. */
const LONGEST_WORD = 60;
const LONGEST_COMPOSED = 16;

export function runAt(text: string, at: number): string {
  return matchAt(RUN, text, at)?.[0] ?? '';
}

/** The area's own words, before every other rule. Their `said` is already cleaned. */
export function dictionaryRule(vocabulary: Vocabulary): Rule {
  return ({ text, at, run }) => {
    const found = vocabulary.find(text, at, run);
    return found === undefined ? undefined : { length: found.length, said: found.entry.said, rule: 'dictionary' };
  };
}

/** True when a heading in capitals goes on around this word, so that TU of TU BỔ is no Tỉnh ủy. */
function inHeading({ text, at }: Scan, capitalsBefore: boolean, run: string): boolean {
  const next = matchAt(NEXT_CAPITALS, text, at + run.length)?.[1];
  return capitalsBefore || (next !== undefined && (isSyllable(next) || hasMarkedVowel(next)));
}

/** Built-in abbreviations. `P.LĐTBXH` is an office, `P. Tân Phú` a ward. */
export function abbreviationRule(vocabulary: Vocabulary, capitalsBefore: () => boolean): Rule {
  return (scan) => {
    const { text, at, run } = scan;
    const office = run !== 'P' ? undefined : matchAt(/P\.[ ]?(?=\p{Lu}[\p{Lu}&-]{2,12}(?!\p{Ll}))/uy, text, at);
    if (office !== undefined) return { length: office[0].length, said: 'Phòng', rule: 'abbreviation' };
    const found = vocabulary.find(text, at, run);
    if (found === undefined) return undefined;
    const { written, said } = found.entry;
    if (written === run && isSyllable(run) && inHeading(scan, capitalsBefore(), run)) return undefined;
    if (/^[PQH]\.$/.test(written) && matchAt(/.{2}[ ]?[\p{Lu}\d]/uy, text, at) === undefined) return undefined;
    return {
      length: found.length,
      said,
      rule: 'abbreviation',
      ...(AMBIGUOUS.has(written) ? { doubt: 'ambiguous' as const } : {}),
    };
  };
}

/** PCTUBND = PCT + UBND: at most three known ones in a row. */
function composed(run: string, vocabulary: Vocabulary, parts = 3): string | undefined {
  if (run.length > LONGEST_COMPOSED || parts === 0) return undefined;
  for (let length = run.length - 2; length >= 2; length -= 1) {
    const head = vocabulary.find(run.slice(0, length), 0, run.slice(0, length))?.entry;
    if (head === undefined || head.written.length !== length) continue;
    const rest = run.slice(length);
    const tail = vocabulary.find(rest, 0, rest)?.entry;
    const said = tail?.written === rest ? tail.said : composed(rest, vocabulary, parts - 1);
    if (said !== undefined) return `${head.said} ${said}`;
  }
  return undefined;
}

export interface WordSpoken extends Spoken {
  /** A word of a heading in capitals. */
  readonly heading?: boolean;
}

function lower(run: string): string {
  return run.toLowerCase().replace(/\p{M}/gu, '');
}

/** A run of two or more capitals that the dictionary does not know. */
function capitals(scan: Scan, run: string, capitalsBefore: boolean, vocabulary: Vocabulary): WordSpoken {
  const word = { length: run.length, said: lower(run), rule: 'heading', heading: true };
  if (hasMarkedVowel(run)) return word;
  const heading = inHeading(scan, capitalsBefore, run);
  if (heading && isBareSyllable(run)) return word;
  if (isSyllable(run)) return { ...word, doubt: 'ambiguous' };
  const known = composed(run, vocabulary);
  if (known !== undefined) return { length: run.length, said: known, rule: 'abbreviation', doubt: 'ambiguous' };
  const next = matchAt(NEXT_CAPITALS, scan.text, scan.at + run.length)?.[1] ?? '';
  const scanned = VOWEL.test(run) && isBareSyllable(run) && isBareSyllable(next);
  if (scanned) return { ...word, doubt: 'ambiguous' };
  if (VOWEL.test(run) && (run.length >= 6 || (heading && run.length >= 3)))
    return { ...word, doubt: 'unknownAbbreviation' };
  return { length: run.length, said: spelled(run, scan.words), rule: 'spelled', doubt: 'unknownAbbreviation' };
}

/** A word of letters that the voice knows; another is left out and shown. */
function plainWord(written: string): Spoken {
  if (written.length > LONGEST_WORD)
    return { length: written.length, said: '', rule: 'unreadable', doubt: 'unreadable' };
  const said = written.replace(/[’ʼ]/g, "'");
  if (PLAIN.test(said)) return { length: written.length, said, rule: 'word' };
  // A word partly in another script is as unreadable as one that is wholly so.
  const known = [...said].every((sign) => sign === "'" || sign === '-' || isLatinLetter(sign));
  if (known) return { length: written.length, said, rule: 'word' };
  return { length: written.length, said: '', rule: 'unreadable', doubt: 'unreadable' };
}

const SMALL = /^[a-z\u00df-\u00f6\u00f8-\u00ff]/;

/** Most words: Vietnamese, small, followed by a blank or a comma. */
function ordinary(run: string, next: string | undefined): boolean {
  return (
    (next === ' ' || next === ',' || next === '.' || next === undefined) &&
    run.length > 1 &&
    run.length <= LONGEST_WORD &&
    SMALL.test(run) &&
    PLAIN.test(run) &&
    run === run.toLowerCase()
  );
}

/** What is left: a word as it stands, a heading, a code as A4, an unknown abbreviation, a single letter. */
export function wordRule(vocabulary: Vocabulary) {
  return (scan: Scan, capitalsBefore: boolean): WordSpoken => {
    const { text, at, words, before, run } = scan;
    if (ordinary(run, text[at + run.length])) return { length: run.length, said: run, rule: 'word' };
    if (run.length <= LONGEST_WORD && /\d/.test(run)) {
      return codeWord(run, words);
    }
    if (/^\p{Lu}{2,60}$/u.test(run) && PLAIN.test(run)) return capitals(scan, run, capitalsBefore, vocabulary);
    const per = perWord(text, at, run, before[0] === '#');
    if (per !== undefined) return per;
    if (
      /^\p{Lu}/u.test(run) &&
      run.length <= 8 &&
      (run.match(/\p{Lu}/gu)?.length ?? 0) >= 2 &&
      !/[aeiouyAEIOUY]/.test(run)
    ) {
      if (PLAIN.test(run) && !hasMarkedVowel(run)) {
        return { length: run.length, said: spelled(run, words), rule: 'spelled', doubt: 'unknownAbbreviation' };
      }
    }
    const whole = matchAt(WORD, text, at)?.[0] ?? run;
    const written = whole.split('-').some((part) => /^\p{Lu}{2,}$/u.test(part))
      ? (matchAt(/[\p{L}\p{M}]+/uy, text, at)?.[0] ?? run)
      : whole;
    const torn = text[at + written.length] === '\ufffd' || text[at - 1] === '\ufffd';
    // A lone consonant beside a destroyed letter is the rest of a word.
    if (torn && written.length === 1) return { length: 1, said: '', rule: 'unreadable', doubt: 'unreadable' };
    // A lone capital is an initial, a group or a grade: the voice names it itself.
    if (written.length === 1 && /[bcdfgjklmnpqrstvwxzđ]/.test(written)) {
      return { length: 1, said: letterName(written), rule: 'letter' };
    }
    return plainWord(written);
  };
}

/** A4, C150, H5N1: letters by name, figures as numbers. Words with figures at the end keep the word. */
function codeWord(run: string, words: Scan['words']): Spoken {
  const named = /^(\p{L}{2,20})(\d{1,3})$/u.exec(run);
  if (
    named?.[1] !== undefined &&
    named[2] !== undefined &&
    /^\p{Lu}?\p{Ll}+$/u.test(named[1]) &&
    PLAIN.test(named[1])
  ) {
    return { length: run.length, said: `${named[1]} ${spelled(named[2], words)}`, rule: 'code' };
  }
  const letters = (run.match(/\p{L}/gu) ?? []).length;
  const said = letters === 0 ? '' : spelled(run, words, ' ');
  const doubt = letters > 2 || said === '' || /^\p{Ll}/u.test(run) ? { doubt: 'unknownAbbreviation' as const } : {};
  return { length: run.length, said, rule: 'code', ...doubt };
}
