import { abbreviationRule, dictionaryRule, runAt, wordRule } from './abbreviations.js';
import { readAddress } from './addresses.js';
import { cleanText } from './clean.js';
import { readDate, readOddDate, readQuarter } from './dates.js';
import { BUILT_IN_DICTIONARY } from './dictionary.js';
import { blankDocumentRule, documentRule, paperRule } from './documents.js';
import { readFigure, readFraction, readMillions } from './figures.js';
import { readListHead } from './lists.js';
import { NUMBER_WORDS } from './numbers.js';
import { readPhone } from './phones.js';
import { readRoman } from './roman.js';
import { matchAt, type Rule, type Scan, type Spoken } from './scan.js';
import { SentenceBuilder } from './sentences.js';
import { readSign } from './symbols.js';
import { readRatio, readTime } from './times.js';
import type { DictionaryEntry, Doubt, Reading, ReadingOptions, Replacement } from './types.js';
import { Vocabulary } from './vocabulary.js';
import { wraps } from './wraps.js';

const BUILT_IN = new Vocabulary(BUILT_IN_DICTIONARY);
const BLANKS = /\s+/y;
const LETTER = /[\p{L}\p{M}]/u;

/** What the voice will say for a text, sentence by sentence, with every change and every doubt. Pure; linear in the text. */
export function readVietnamese(text: string, options: ReadingOptions): Reading {
  const own = (options.dictionary ?? []).map((entry) => speakableEntry(entry, options));
  return new Reader(text, options, new Vocabulary(own)).read();
}

/** What an area typed as said is itself read once: figures become words, markup goes. */
function speakableEntry({ written, said }: DictionaryEntry, { accent }: ReadingOptions): DictionaryEntry {
  const { sentences } = new Reader(said, { accent }, new Vocabulary([])).read();
  return { written, said: sentences.map((sentence) => sentence.said.replace(/[.!?:]$/, '')).join(', ') };
}

class Reader {
  private readonly replacements: Replacement[] = [];
  private readonly doubts: Doubt[] = [];
  private readonly clean;
  private readonly builder;
  private readonly own: Rule;
  private readonly atFigures: readonly Rule[];
  private readonly atLetters: readonly Rule[];
  private readonly atBlankNumber: Rule;
  private readonly word;

  private at = 0;
  private before: readonly string[] = [];
  private lastWords: readonly [string, string] = ['', ''];
  private touching = '';
  private lineStart = true;
  private lineFrom = 0;
  private capitalsBefore = false;

  constructor(
    text: string,
    private readonly options: ReadingOptions,
    own: Vocabulary,
  ) {
    this.clean = cleanText(text);
    this.builder = new SentenceBuilder(this.clean.text);
    const wordOf = (piece: string) =>
      (own.find(piece, 0, runAt(piece, 0)) ?? BUILT_IN.find(piece, 0, runAt(piece, 0)))?.entry;
    const whole = (piece: string) => {
      const entry = wordOf(piece);
      return entry?.written === piece ? entry.said : undefined;
    };
    this.own = dictionaryRule(own);
    const builtIn = abbreviationRule(BUILT_IN, () => this.capitalsBefore);
    this.atFigures = [
      readListHead,
      readAddress,
      dictionaryRule(BUILT_IN),
      documentRule(whole),
      readPhone,
      readQuarter,
      readDate,
      readOddDate,
      readTime,
      readRatio,
      readFraction,
      readMillions,
      readFigure,
    ];
    this.atLetters = [readListHead, readAddress, paperRule(whole), readRoman, builtIn];
    this.atBlankNumber = blankDocumentRule(whole);
    this.word = wordRule(BUILT_IN);
  }

  read(): Reading {
    const { text } = this.clean;
    while (this.at < text.length) this.step(text);
    this.builder.end('sentence');
    const replacements = [...this.clean.dropped, ...this.replacements].sort((a, b) => a.from - b.from);
    return { sentences: this.builder.sentences(), replacements, doubts: this.doubts };
  }

  private step(text: string): void {
    const code = text.charCodeAt(this.at);
    if (code === 32 || code === 10) return this.blanks(text);
    const figure = code >= 48 && code <= 57;
    const word = figure || isLetter(text, this.at, code);
    const scan: Scan = {
      text,
      at: this.at,
      run: word ? runAt(text, this.at) : '',
      words: NUMBER_WORDS[this.options.accent],
      before: this.before,
      touching: this.touching,
      lineStart: this.lineStart,
    };
    if (word) return this.speak(scan, figure);
    this.sign(scan);
  }

  private speak(scan: Scan, figure: boolean): void {
    let spoken: (Spoken & { readonly heading?: boolean }) | undefined = this.own(scan);
    for (const rule of figure ? this.atFigures : this.atLetters) {
      if (spoken !== undefined) break;
      spoken = rule(scan);
    }
    spoken ??= this.word(scan, this.capitalsBefore);
    this.take(spoken, figure ? '#' : undefined);
    this.capitalsBefore = spoken.heading === true;
    this.lineStart = false;
  }

  private sign(scan: Scan): void {
    const blank = scan.text[this.at] === '(' || scan.text[this.at] === '+' ? readPhone(scan) : this.atBlankNumber(scan);
    const { length, mark, spoken } = blank === undefined ? readSign(scan, this.lastWords) : signOf(blank);
    if (spoken !== undefined) {
      this.take({ ...spoken, length }, spoken.rule === 'symbol' || spoken.said === '' ? undefined : '#');
      if (spoken.said !== '') this.lineStart = false;
      return;
    }
    const to = this.at + length;
    if (mark === 'end') {
      this.builder.cover(this.at, to);
      this.finish('sentence');
    } else if (mark !== undefined) {
      this.builder.mark(mark, this.at, to);
      if (mark === '.' || mark === '!' || mark === '?') {
        this.absorb(scan.text, to);
        return;
      }
    }
    this.touching = this.clean.text.slice(this.at, to).slice(-1);
    this.at = to;
  }

  /** Closing signs behind a full stop belong to the sentence that they close. */
  private absorb(text: string, from: number): void {
    const more = matchAt(/[.!?…"”’»)\]/]{1,1000}/y, text, from)?.[0] ?? '';
    this.at = from + more.length;
    const strong = more.includes('!') ? '!' : more.includes('?') ? '?' : '.';
    this.builder.mark(strong, from, this.at);
    this.finish('sentence');
  }

  private take({ length, said, rule, doubt }: Spoken, asWord: string | undefined): void {
    const { text, nfc, position } = this.clean;
    const to = this.at + length;
    const written = text.slice(this.at, to);
    this.builder.say(said, this.at, to);
    if (said !== written || doubt !== undefined) {
      const from = position(this.at);
      const end = position(to);
      const shown = nfc.slice(from, end);
      if (said !== written) this.replacements.push({ from, to: end, written: shown, said, rule });
      if (doubt !== undefined) this.doubts.push({ from, to: end, written: shown, reason: doubt });
    }
    if (said !== '') {
      this.before = [asWord ?? written.toLowerCase(), ...this.before.slice(0, 2)];
      this.lastWords = [written, this.lastWords[0]];
    }
    this.touching = written;
    this.at = to;
  }

  private blanks(text: string): void {
    const run = matchAt(BLANKS, text, this.at)?.[0] ?? ' ';
    const lines = run.split('\n').length - 1;
    const to = this.at + run.length;
    if (lines > 0 && !wraps(text, this.lineFrom, this.at, to)) {
      this.finish(lines > 1 ? 'paragraph' : 'sentence');
      this.lineStart = true;
    }
    if (lines > 0) this.lineFrom = to;
    this.touching = '';
    this.at = to;
  }

  private finish(pause: 'sentence' | 'paragraph'): void {
    this.builder.end(pause);
    this.before = [];
    this.lastWords = ['', ''];
    this.touching = '';
    this.capitalsBefore = false;
  }
}

function isLetter(text: string, at: number, code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return LETTER.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

function signOf({ length, ...spoken }: Spoken) {
  return { length, spoken, mark: undefined };
}
