import { isVietnameseSyllable } from './syllable.js';
import { byteOf } from './windows-1252.js';

/**
 * TCVN 5712:1993, the upper half, as the "ABC" fonts (.VnTime and its kin) have it. Lower-case letters are complete; of the capitals
 * only those without a tone mark have a place in these fonts. The eighteen places the fonts leave empty hold capitals in the standard.
 * 0x80–0x9F is left as Windows-1252: office software put its quotation marks and dashes there.
 */
const UPPER_HALF = [
  // 0xA0
  ...'\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ',
  // 0xB0: combining tones of the standard
  ...['\u0300', '\u0309', '\u0303', '\u0301', '\u0323'],
  ...'àảãáạẲằẳẵắẴ',
  // 0xC0
  ...'ẮẦẨẪẤỀặầẩẫấậèỂẻẽ',
  // 0xD0
  ...'éẹềểễếệìỉỄẾỒĩíịò',
  // 0xE0
  ...'Ổỏõóọồổỗốộờởỡớợù',
  // 0xF0
  ...'ỖủũúụừửữứựỳỷỹýỵỐ',
];

export function tcvn3ToUnicode(text: string): string {
  let converted = '';
  for (const character of text) {
    const byte = byteOf(character);
    converted += byte !== undefined && byte >= 0xa0 ? (UPPER_HALF[byte - 0xa0] ?? character) : character;
  }
  return converted.normalize('NFC');
}

/** ư stands right after the initial, so only consonants come before it. */
const BROKEN_WORD = /(?<![\p{L}\p{M}-])([bcdghklmnprstvxđ]{1,3})-(\p{L}{0,4})(?![\p{L}\p{M}-])/giu;

/**
 * The code of ư is a hyphen in the encodings of old PDFs: "®-êng" is "đường". A hyphen that makes a possible
 * syllable, with a mark besides or after a small letter, is taken for ư.
 */
export function restoreHorns(text: string): string {
  return text.replace(BROKEN_WORD, (broken, initial: string, rest: string) => {
    const word = `${initial}ư${rest}`;
    return isVietnameseSyllable(word) && (/[^a-z]/i.test(broken.replace('-', '')) || /^[a-z]+$/.test(initial))
      ? word
      : broken;
  });
}

const WORD = /[\p{L}\p{M}]+/gu;
/** Letters that exist in both cases: a small one among them means that the word is not in capitals. */
const CASED = /[a-zăâêôơưđ]/;
const CAPITAL = /[A-ZĂÂÊÔƠƯĐ]/g;

/**
 * "QUYÕT §ÞNH" comes out as "QUYếT ĐịNH". A letter with a tone mark is small in any case, so it tells nothing: a word whose other
 * letters are two or more capitals is in capitals, and so is the line around it when nothing in it speaks against.
 * "Hà", "Vũ" and whole words typed in a capitals-only font cannot be known from plain text and stay small.
 */
export function restoreCapitals(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const sure = (word: string) => !CASED.test(word) && (word.match(CAPITAL)?.length ?? 0) >= 2;
      const words = line.match(WORD) ?? [];
      if (!words.some((word) => sure(word) && word.length > 2)) return line;
      const lineInCapitals = !words.some((word) => CASED.test(word));
      return line.replace(WORD, (word) => (lineInCapitals || sure(word) ? word.toUpperCase() : word));
    })
    .join('\n');
}
