/**
 * Writes Vietnamese in the old encodings, from tables of their own: what the code under test reads is not made by that code.
 * TCVN3 as glibc's TCVN5712-1 has it; VNI by its rule of base letter and mark.
 */

const TCVN3_CODES: Readonly<Record<string, number>> = Object.fromEntries(
  `Ă=A1 Â=A2 Ê=A3 Ô=A4 Ơ=A5 Ư=A6 Đ=A7 ă=A8 â=A9 ê=AA ô=AB ơ=AC ư=AD đ=AE
   à=B5 ả=B6 ã=B7 á=B8 ạ=B9 ằ=BB ẳ=BC ẵ=BD ắ=BE ặ=C6 ầ=C7 ẩ=C8 ẫ=C9 ấ=CA ậ=CB
   è=CC ẻ=CE ẽ=CF é=D0 ẹ=D1 ề=D2 ể=D3 ễ=D4 ế=D5 ệ=D6 ì=D7 ỉ=D8 ĩ=DC í=DD ị=DE
   ò=DF ỏ=E1 õ=E2 ó=E3 ọ=E4 ồ=E5 ổ=E6 ỗ=E7 ố=E8 ộ=E9 ờ=EA ở=EB ỡ=EC ớ=ED ợ=EE
   ù=EF ủ=F1 ũ=F2 ú=F3 ụ=F4 ừ=F5 ử=F6 ữ=F7 ứ=F8 ự=F9 ỳ=FA ỷ=FB ỹ=FC ý=FD ỵ=FE`
    .split(/\s+/)
    .map((pair) => [pair.slice(0, 1), Number.parseInt(pair.slice(2), 16)]),
);

/** All 67 small letters with marks; with their capitals they are the 134 that ASCII lacks. */
export const SMALL_LETTERS = [...'ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ'] as const;

/** Capitals with a tone mark have no code: whoever typed them set a capital font over the small letter, or left it small. */
export function toTcvn3(text: string): Uint8Array {
  return bytesOf(text.normalize('NFC'), (letter) => {
    const code = TCVN3_CODES[letter] ?? TCVN3_CODES[letter.toLowerCase()];
    return code === undefined ? null : [code];
  });
}

/** grave, acute, tilde, hook, dot; alone, over a circumflex, over a breve */
const TONES = ['\u0300', '\u0301', '\u0303', '\u0309', '\u0323'];
const VNI_MARKS: Readonly<Record<string, readonly string[]>> = {
  '': [...'øùõûï'],
  '\u0302': [...'àáãåä'],
  '\u0306': [...'èéüúë'],
};
const VNI_WHOLE: Readonly<Record<string, string>> = {
  í: 'í',
  ì: 'ì',
  ỉ: 'æ',
  ĩ: 'ó',
  ị: 'ò',
  ỵ: 'î',
  đ: 'ñ',
};

export function toVni(text: string): Uint8Array {
  return bytesOf(text.normalize('NFC'), (letter) => {
    const small = letter.toLowerCase();
    const written = VNI_WHOLE[small] ?? vniPair(small);
    if (written === null) return null;
    const cased = small === letter ? written : written.toUpperCase();
    return [...cased].map((character) => character.charCodeAt(0));
  });
}

function vniPair(small: string): string | null {
  const [base = '', ...marks] = [...small.normalize('NFD')];
  const horn = marks.includes('\u031b');
  const letter = horn ? (base === 'o' ? 'ô' : 'ö') : base;
  const shape = marks.find((mark) => mark === '\u0302' || mark === '\u0306') ?? '';
  const tone = marks.find((mark) => TONES.includes(mark));
  if (marks.length === 0) return null;
  if (tone !== undefined) return letter + VNI_MARKS[shape]?.[TONES.indexOf(tone)];
  if (horn) return letter;
  return letter + (shape === '\u0302' ? 'â' : 'ê');
}

/** Windows-1258: letters as in Western European where it has them, the other tone marks as characters of their own. */
export function toWindows1258(text: string): Uint8Array {
  const codes: Readonly<Record<string, number>> = {
    Ă: 0xc3,
    ă: 0xe3,
    Đ: 0xd0,
    đ: 0xf0,
    Ơ: 0xd5,
    ơ: 0xf5,
    Ư: 0xdd,
    ư: 0xfd,
    '\u0300': 0xcc,
    '\u0309': 0xd2,
    '\u0303': 0xde,
    '\u0301': 0xec,
    '\u0323': 0xf2,
  };
  return bytesOf(text.normalize('NFC'), (letter) => {
    const [base = '', ...marks] = [...letter.normalize('NFD')];
    const tone = marks.find((mark) => TONES.includes(mark));
    const bare = (base + marks.filter((mark) => mark !== tone).join('')).normalize('NFC');
    const code = codes[bare] ?? bare.charCodeAt(0);
    return tone === undefined ? [code] : [code, codes[tone] ?? 0];
  });
}

function bytesOf(text: string, code: (letter: string) => readonly number[] | null): Uint8Array {
  const quotes: Readonly<Record<string, number>> = { '“': 0x93, '”': 0x94, '–': 0x96, '…': 0x85, '’': 0x92 };
  return Uint8Array.from(
    [...text].flatMap((letter) => {
      const ascii = letter.charCodeAt(0) < 0x80 ? [letter.charCodeAt(0)] : null;
      return ascii ?? (quotes[letter] === undefined ? code(letter) : [quotes[letter]]) ?? [0x3f];
    }),
  );
}
