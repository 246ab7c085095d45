/**
 * VNI-Windows (fonts "VNI-Times" and its kin): a base letter followed by one character for its marks. The case of the base letter
 * decides; the mark is accepted in either case, as keyboards left it.
 */
const GRAVE = '\u0300';
const ACUTE = '\u0301';
const TILDE = '\u0303';
const HOOK = '\u0309';
const DOT = '\u0323';
const CIRCUMFLEX = '\u0302';
const BREVE = '\u0306';

const TONES: Readonly<Record<string, string>> = { ù: ACUTE, ø: GRAVE, û: HOOK, õ: TILDE, ï: DOT };
const CIRCUMFLEX_TONES: Readonly<Record<string, string>> = {
  â: CIRCUMFLEX,
  á: CIRCUMFLEX + ACUTE,
  à: CIRCUMFLEX + GRAVE,
  å: CIRCUMFLEX + HOOK,
  ã: CIRCUMFLEX + TILDE,
  ä: CIRCUMFLEX + DOT,
};
const BREVE_TONES: Readonly<Record<string, string>> = {
  ê: BREVE,
  é: BREVE + ACUTE,
  è: BREVE + GRAVE,
  ú: BREVE + HOOK,
  ü: BREVE + TILDE,
  ë: BREVE + DOT,
};
/** Which marks a letter takes. ô and ö stand for ơ and ư, which take tones. */
const MARKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  a: { ...TONES, ...CIRCUMFLEX_TONES, ...BREVE_TONES },
  e: { ...TONES, ...CIRCUMFLEX_TONES },
  o: { ...TONES, ...CIRCUMFLEX_TONES },
  u: TONES,
  y: TONES,
  ô: TONES,
  ö: TONES,
};
const LETTERS: Readonly<Record<string, string>> = {
  ô: 'ơ',
  ö: 'ư',
  ñ: 'đ',
  í: 'í',
  ì: 'ì',
  æ: 'ỉ',
  ó: 'ĩ',
  ò: 'ị',
  î: 'ỵ',
};

export function vniToUnicode(text: string): string {
  const characters = [...text];
  let converted = '';
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const small = character.toLowerCase();
    const capital = small !== character;
    const letter = LETTERS[small] ?? small;
    const mark = MARKS[small]?.[(characters[index + 1] ?? '').toLowerCase()];
    if (mark !== undefined) index += 1;
    if (mark === undefined && LETTERS[small] === undefined) {
      converted += character;
      continue;
    }
    const whole = (letter + (mark ?? '')).normalize('NFC');
    converted += capital ? whole.toUpperCase() : whole;
  }
  return converted.normalize('NFC');
}
