import { readFigure } from './figures.js';
import { isWordSign, matchAt, nextWord, type Scan, type Spoken } from './scan.js';

/** The pause that a sign makes; `end` ends the sentence without a sign, as a semicolon does. */
export type Mark = '' | ',' | ':' | '.' | '!' | '?' | 'end';

export interface Sign {
  readonly length: number;
  readonly mark?: Mark;
  readonly spoken?: Omit<Spoken, 'length'>;
}

const SAID: Readonly<Record<string, string>> = {
  '&': 'và',
  '=': 'bằng',
  '≤': 'nhỏ hơn hoặc bằng',
  '≥': 'lớn hơn hoặc bằng',
  '±': 'cộng trừ',
  '×': 'nhân',
  '÷': 'chia',
  '@': 'a còng',
  '%': 'phần trăm',
  '°': 'độ',
  '½': 'một phần hai',
  '¼': 'một phần tư',
  '¾': 'ba phần tư',
  '²': 'bình phương',
  '³': 'lập phương',
  '№': 'số',
  '§': 'mục',
  $: 'đô la Mỹ',
  '€': 'ơ-rô',
  '₫': 'đồng',
};

/** Pairs that are one notion, said without a pause: `kinh tế - xã hội`. */
const COMPOUNDS = new Set('tế-xã trị-xã hóa-xã hoá-xã quân-dân phòng-an'.split(' '));
const MARKUP = /<[A-Za-z/!?][^<>\n]{0,200}>|\[\[[^[\]\n]{0,200}\]\]|\{\{[^{}\n]{0,200}\}\}/y;
const DASH = /[-–—‐‑−]{1,1000}/y;
const CLOSES = /["'”’»)\]\s*_]/;
const QUOTES = /["'“”‘’‚„«»`´*_#\\^{}]{1,1000}/y;

function said(length: number, text: string, rule = 'symbol'): Sign {
  return { length, spoken: { said: text, rule } };
}

/** Any sign that is neither letter, digit nor blank. `lastWords` are the last two words as written, nearest first. */
export function readSign(scan: Scan, lastWords: readonly [string, string]): Sign {
  const { text, at, touching } = scan;
  const sign = text[at] ?? '';
  const markup = matchAt(MARKUP, text, at);
  if (markup !== undefined) {
    return { length: markup[0].length, spoken: { said: '', rule: 'markup', doubt: 'unreadable' } };
  }
  if (sign === '.' || sign === '…') return stop(scan, lastWords);
  if (sign === '!' || sign === '?') return { length: 1, mark: sign };
  if (sign === ';') return { length: 1, mark: 'end' };
  if (sign === ':') return { length: 1, mark: ':' };
  if (/[,()[\]|]/.test(sign)) return { length: 1, mark: ',' };
  if (sign === '/') return stroke(scan);
  const money = sign === '$' || sign === '€' ? moneyBefore(scan) : undefined;
  if (money !== undefined) return money;
  const figure = sign === '-' || sign === '−' ? readFigure(scan) : undefined;
  if (figure !== undefined) return { length: figure.length, spoken: figure };
  const dash = matchAt(DASH, text, at);
  if (dash !== undefined) return { length: dash[0].length, mark: scan.lineStart ? '' : dashMark(scan, dash[0].length) };
  const digitBefore = /\d$/.test(touching) || scan.before[0] === '#';
  const digitAfter = matchAt(/.[ ]?\d/uy, text, at) !== undefined;
  if (sign === '+') {
    return scan.lineStart || !(digitBefore || digitAfter)
      ? { length: 1, mark: scan.lineStart ? '' : ',' }
      : said(1, 'cộng');
  }
  if (sign === '*' && digitBefore && digitAfter) return said(1, 'nhân');
  if (/['’′]/.test(sign) && /^\d{1,2}$/.test(touching)) return said(1, 'phút', 'time');
  const quotes = matchAt(QUOTES, text, at);
  if (quotes !== undefined) return { length: quotes[0].length, mark: '' };
  if (sign === '<' || sign === '>') return compare(scan, sign);
  if (sign === '~' || sign === '≈') return digitAfter ? said(1, 'khoảng') : { length: 1, mark: '' };
  const word = SAID[sign];
  if (word !== undefined && isBroken(scan)) {
    return { length: 1, spoken: { said: '', rule: 'unreadable', doubt: 'unreadable' } };
  }
  if (word !== undefined) return said(1, word);
  return other(text, at);
}

/** `ti€u`: a sign glued to small letters is a scanner's mistake. */
function isBroken({ text, at, touching }: Scan): boolean {
  return /\p{Ll}$/u.test(touching) || (/\p{L}$/u.test(touching) && /\p{Ll}/u.test(text[at + 1] ?? ''));
}

/** `<` compares only beside a figure; elsewhere it is the rest of some markup. */
function compare({ text, at, before }: Scan, sign: '<' | '>'): Sign {
  const equal = text[at + 1] === '=' ? 1 : 0;
  const figureAfter = matchAt(/[<>]=?[ ]?\d/y, text, at) !== undefined;
  if (!figureAfter && before[0] !== '#') return { length: 1, mark: '' };
  const word = sign === '<' ? 'nhỏ hơn' : 'lớn hơn';
  return said(1 + equal, equal > 0 ? `${word} hoặc bằng` : word);
}

/** `$100`: the currency is said after the figure. */
function moneyBefore(scan: Scan): Sign | undefined {
  if (matchAt(/.\d/y, scan.text, scan.at) === undefined) return undefined;
  const figure = readFigure({ ...scan, at: scan.at + 1 });
  const currency = SAID[scan.text[scan.at] ?? ''] ?? '';
  return figure === undefined
    ? undefined
    : { length: figure.length + 1, spoken: { ...figure, said: `${figure.said} ${currency}`, rule: 'money' } };
}

function dashMark({ text, at, before, touching }: Scan, length: number): Mark {
  const after = nextWord(text, at + length);
  if (touching !== '' && !isWordSign(text[at + length]) && text[at + length] !== ' ') return ',';
  return COMPOUNDS.has(`${before[0] ?? ''}-${after}`) ? '' : ',';
}

/** `./.` closes an official text; between words a stroke is a pause. */
function stroke({ text, at, before, touching }: Scan): Sign {
  const close = matchAt(/\/{1,9}\.?(?![\p{L}\p{Nd}])/uy, text, at);
  if (close !== undefined) return { length: close[0].length, mark: close[0].includes('.') ? '.' : ',' };
  const figures = (/\d$/.test(touching) || before[0] === '#') && matchAt(/\/\d/y, text, at) !== undefined;
  return figures ? said(1, 'trên') : { length: 1, mark: ',' };
}

const END_MARK = /\.\/\.?/y;
const DOTS = /[.…]{2,100000}|…/y;

function stop({ text, at, touching }: Scan, [last, beforeLast]: readonly [string, string]): Sign {
  const end = matchAt(END_MARK, text, at);
  if (end !== undefined) return { length: end[0].length, mark: '.' };
  const dots = matchAt(DOTS, text, at);
  if (dots !== undefined) {
    const goesOn = matchAt(/[ ]{0,3}[\p{Ll},;:)]/uy, text, at + dots[0].length) !== undefined;
    return { length: dots[0].length, mark: goesOn ? ',' : '.' };
  }
  const next = text[at + 1];
  const initial = touching.length === 1 && touching === last && /\p{Lu}/u.test(touching);
  if (next === undefined || CLOSES.test(next)) {
    const named = /^\p{Lu}/u.test(beforeLast);
    const nameFollows = matchAt(/\.[ ]\p{Lu}\p{Ll}/uy, text, at) !== undefined;
    return { length: 1, mark: initial && !named && nameFollows ? '' : '.' };
  }
  if (initial) return { length: 1, mark: '' };
  if (/\p{Ll}/u.test(next)) return { length: 1, mark: ',' };
  return { length: 1, mark: /[\p{Lu}\p{Nd}]/u.test(next) && touching !== '' ? (isShort(touching) ? ',' : '.') : '' };
}

/** KGVX.Thảo: a point behind an abbreviation divides, but ends nothing. */
function isShort(word: string): boolean {
  return /^\p{Lu}{2,}$/u.test(word);
}

const PICTURES = /\p{Extended_Pictographic}{1,1000}/uy;

/** Emoji, arrows, other signs: left out. What a scan destroyed is shown to a person. */
function other(text: string, at: number): Sign {
  const broken = matchAt(/\ufffd+/y, text, at);
  if (broken !== undefined) {
    return { length: broken[0].length, spoken: { said: '', rule: 'unreadable', doubt: 'unreadable' } };
  }
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (/[→⇒←↔►▶]/u.test(sign)) return { length: sign.length, mark: ',' };
  const pictures = matchAt(PICTURES, text, at);
  if (pictures !== undefined) return { length: pictures[0].length, spoken: { said: '', rule: 'symbol' } };
  if (/^\p{P}$/u.test(sign)) return { length: sign.length, mark: '' };
  return { length: sign.length, spoken: { said: '', rule: 'symbol' } };
}
