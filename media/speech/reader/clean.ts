import type { Replacement } from './types.js';

/** The text that the rules see, and where each of its characters stands in the NFC text. */
export interface CleanText {
  readonly nfc: string;
  readonly text: string;
  /** `position(i)` is the offset of `text[i]` in `nfc`; also defined for `i === text.length`. */
  readonly position: (index: number) => number;
  /** Controls that were dropped. */
  readonly dropped: readonly Replacement[];
}

const ORDINARY = /^[\n\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff\u2010-\u2027\u2030-\u2037]*$/;
/** Controls, formats (zero width, direction), private, broken characters, and marks that no letter of NFC has taken. */
const INVISIBLE = /^(?:[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]|\p{Script=Inherited})$/u;
const BLANK = /^\p{Zs}$/u;
/** Forms for print and typewriters: full width, ligatures, circled and Roman numerals, other digits. */
const COMPATIBLE = /^[\p{Nl}\u2460-\u249b\u2150-\u215f\uff01-\uff5e\ufb00-\ufb06]$/u;
const DIGIT = /^\p{Nd}$/u;

/** NFC; line ends as `\n`, all blanks as spaces, all digits as 0 to 9, nothing invisible. */
export function cleanText(raw: string): CleanText {
  const nfc = raw.normalize('NFC');
  if (ORDINARY.test(nfc)) return { nfc, text: nfc, position: (index) => index, dropped: [] };
  const text: string[] = [];
  const positions: number[] = [];
  const dropped: { from: number; to: number }[] = [];
  let at = 0;
  const push = (plain: string) => {
    for (let index = 0; index < plain.length; index += 1) positions.push(at);
    text.push(plain);
  };
  for (const sign of nfc) {
    const plain = ORDINARY.test(sign) ? sign : plainSign(sign, nfc, at);
    if (plain !== '') push(plain);
    else if (sign !== '\r') {
      const last = dropped.at(-1);
      if (last?.to === at) last.to = at + sign.length;
      else dropped.push({ from: at, to: at + sign.length });
    }
    at += sign.length;
  }
  positions.push(at);
  return {
    nfc,
    text: text.join(''),
    position: (index) => positions[index] ?? at,
    dropped: dropped.map(({ from, to }) => ({ from, to, written: nfc.slice(from, to), said: '', rule: 'control' })),
  };
}

function plainSign(sign: string, nfc: string, at: number): string {
  if (sign === '\r') return nfc[at + 1] === '\n' ? '' : '\n';
  if (sign === '\u2028' || sign === '\u2029' || sign === '\v' || sign === '\f' || sign === '\u0085') return '\n';
  if (sign === '\t' || BLANK.test(sign)) return ' ';
  // A broken scan leaves U+FFFD and noncharacters: they stay, so that the doubt can be shown where they stand.
  if (/^\p{Cn}$/u.test(sign)) return '\ufffd';
  if (INVISIBLE.test(sign)) return '';
  if (DIGIT.test(sign)) return digitValue(sign);
  if (COMPATIBLE.test(sign)) return sign.normalize('NFKC').replace(/\u2044/g, '/');
  return sign;
}

/** Every script keeps its ten digits in a row that starts where the digit before it is none, or is a nine. */
function digitValue(sign: string): string {
  const folded = sign.normalize('NFKC');
  if (/^[0-9]$/.test(folded)) return folded;
  const code = sign.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}
