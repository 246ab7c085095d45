import type { Accent } from './types.js';

/** The words in which the accents differ. */
export interface NumberWords {
  /** 1.000 */
  readonly thousand: 'nghìn' | 'ngàn';
  /** The empty tens of 105. */
  readonly emptyTens: 'linh' | 'lẻ';
  /** The ones of 24. */
  readonly fourAfterTens: 'tư' | 'bốn';
}

/** Central: from Huế southward, the speech of the central voice, people say ngàn and lẻ; tư is usual there as in the north. */
export const NUMBER_WORDS: Readonly<Record<Accent, NumberWords>> = {
  north: { thousand: 'nghìn', emptyTens: 'linh', fourAfterTens: 'tư' },
  central: { thousand: 'ngàn', emptyTens: 'lẻ', fourAfterTens: 'tư' },
  south: { thousand: 'ngàn', emptyTens: 'lẻ', fourAfterTens: 'bốn' },
};

const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'] as const;
/** Beyond a billion billions nobody follows a number: its digits are read. */
const LONGEST_CARDINAL = 18;

function digit(sign: string): string {
  return DIGITS[Number(sign)] ?? '';
}

/** `113` → một một ba. */
export function digitsSaid(digits: string): string {
  return [...digits].map(digit).join(' ');
}

/** `full` says the empty hundreds too: the 005 of 1.005 is không trăm linh năm. */
function belowThousand(group: string, full: boolean, words: NumberWords): string {
  const [hundreds = '0', tens = '0', ones = '0'] = group.padStart(3, '0');
  const said: string[] = [];
  const withHundreds = full || hundreds !== '0';
  if (withHundreds) said.push(digit(hundreds), 'trăm');
  if (tens === '0') {
    if (ones !== '0') {
      if (withHundreds) said.push(words.emptyTens);
      said.push(digit(ones));
    }
  } else {
    if (tens === '1') said.push('mười');
    else said.push(digit(tens), 'mươi');
    if (ones === '5') said.push('lăm');
    else if (ones === '1' && tens !== '1') said.push('mốt');
    else if (ones === '4' && tens !== '1') said.push(words.fourAfterTens);
    else if (ones !== '0') said.push(digit(ones));
  }
  return said.join(' ');
}

function belowBillion(digits: string, started: boolean, words: NumberWords): string {
  const padded = digits.padStart(9, '0');
  const said: string[] = [];
  for (const [from, scale] of [
    [0, 'triệu'],
    [3, words.thousand],
    [6, ''],
  ] as const) {
    const group = padded.slice(from, from + 3);
    if (group === '000') continue;
    said.push(belowThousand(group, started || said.length > 0, words));
    if (scale !== '') said.push(scale);
  }
  return said.join(' ');
}

/** A whole number in words; leading zeros are not said. Over 18 digits it is read digit by digit. */
export function cardinal(digits: string, words: NumberWords): string {
  const plain = digits.replace(/^0+/, '');
  if (plain === '') return DIGITS[0];
  if (plain.length > LONGEST_CARDINAL) return digitsSaid(plain);
  if (plain.length <= 9) return belowBillion(plain, false, words);
  const low = plain.slice(-9);
  const said = `${cardinal(plain.slice(0, -9), words)} tỷ`;
  return /^0+$/.test(low) ? said : `${said} ${belowBillion(low, true, words)}`;
}

/** A number in a name or a place of a code: 05 is không năm. Quantities such as `05 hộ` are read by `cardinal`. */
export function numeral(digits: string, words: NumberWords): string {
  return digits.startsWith('0') ? digitsSaid(digits) : cardinal(digits, words);
}

/** `91,4`: two or three places are read as a number, more, or a zero in front, digit by digit. */
export function decimal(whole: string, places: string, words: NumberWords): string {
  const asNumber = places.length <= 3 && !places.startsWith('0');
  return `${cardinal(whole, words)} phẩy ${asNumber ? cardinal(places, words) : digitsSaid(places)}`;
}

/** After `thứ`, and as the lower number of a fraction's quarter, four is tư; the first is nhất. */
export function ordinal(digits: string, words: NumberWords): string {
  const plain = digits.replace(/^0+/, '');
  if (plain === '1') return 'nhất';
  return plain === '4' ? 'tư' : cardinal(digits, words);
}

/** Months: the fourth is tháng tư. */
export function month(digits: string, words: NumberWords): string {
  return Number(digits) === 4 ? 'tư' : cardinal(digits, words);
}
