import { spelled } from './letters.js';
import { cardinal, type NumberWords, numeral } from './numbers.js';
import { matchAt, type Rule, type Spoken } from './scan.js';

/** Types of papers as NĐ 30/2020/NĐ-CP, annex III, abbreviates them, and those of the Party; QD and ND as scans spell them. */
const TYPES: Readonly<Record<string, string>> = {
  NQ: 'nghị quyết',
  QĐ: 'quyết định',
  QD: 'quyết định',
  NĐ: 'nghị định',
  ND: 'nghị định',
  CT: 'chỉ thị',
  QC: 'quy chế',
  QyĐ: 'quy định',
  QYĐ: 'quy định',
  TC: 'thông cáo',
  TB: 'thông báo',
  HD: 'hướng dẫn',
  CTr: 'chương trình',
  CTR: 'chương trình',
  KH: 'kế hoạch',
  PA: 'phương án',
  ĐA: 'đề án',
  DA: 'dự án',
  BC: 'báo cáo',
  BB: 'biên bản',
  TTr: 'tờ trình',
  TTR: 'tờ trình',
  HĐ: 'hợp đồng',
  CĐ: 'công điện',
  CV: 'công văn',
  GM: 'giấy mời',
  GGT: 'giấy giới thiệu',
  GUQ: 'giấy ủy quyền',
  TT: 'thông tư',
  TTLT: 'thông tư liên tịch',
  KL: 'kết luận',
  LCT: 'lệnh Chủ tịch nước',
  L: 'luật',
  PL: 'pháp lệnh',
  SL: 'sắc lệnh',
  VBHN: 'văn bản hợp nhất',
};

/** Bodies that are abbreviated so in numbers of papers only. */
const BODIES: Readonly<Record<string, string>> = {
  CP: 'Chính phủ',
  TTg: 'Thủ tướng',
  CTN: 'Chủ tịch nước',
  TW: 'Trung ương',
  TU: 'Tỉnh ủy',
  TƯ: 'Trung ương',
  HU: 'Huyện ủy',
  ĐU: 'Đảng ủy',
  TTHĐND: 'Thường trực Hội đồng nhân dân',
  BCĐ: 'Ban Chỉ đạo',
  BTC: 'Bộ Tài chính',
  BYT: 'Bộ Y tế',
  BNV: 'Bộ Nội vụ',
  BCA: 'Bộ Công an',
  BQP: 'Bộ Quốc phòng',
  BTP: 'Bộ Tư pháp',
  BCT: 'Bộ Công Thương',
  BXD: 'Bộ Xây dựng',
  BGTVT: 'Bộ Giao thông vận tải',
  BGDĐT: 'Bộ Giáo dục và Đào tạo',
  BTNMT: 'Bộ Tài nguyên và Môi trường',
  BNNPTNT: 'Bộ Nông nghiệp và Phát triển nông thôn',
  BKHĐT: 'Bộ Kế hoạch và Đầu tư',
  BKHCN: 'Bộ Khoa học và Công nghệ',
  BVHTTDL: 'Bộ Văn hóa, Thể thao và Du lịch',
  BLĐTBXH: 'Bộ Lao động, Thương binh và Xã hội',
  BLDTBXH: 'Bộ Lao động, Thương binh và Xã hội',
  BDTTG: 'Bộ Dân tộc và Tôn giáo',
  UBDT: 'Ủy ban Dân tộc',
  SLĐTBXH: 'Sở Lao động, Thương binh và Xã hội',
  STTTT: 'Sở Thông tin và Truyền thông',
  STC: 'Sở Tài chính',
  SYT: 'Sở Y tế',
  MTTQ: 'Mặt trận Tổ quốc',
  MTTW: 'Mặt trận Trung ương',
  VPUB: 'Văn phòng Ủy ban',
};

const PIECE = /[ ]?([/–-])[ ]?(\p{Lu}[\p{L}&.,]{0,14}\d{0,2}|\d{1,4})(?![\p{L}\p{Nd}])/uy;
const START = /(\d{1,6}[a-zđ]?)(?=[ ]?[/-][ ]?[\dA-ZĐ])/y;
const LETTERS_FOLLOW = /\d{1,6}[a-zđ]?(?:[ ]?[/–-][ ]?\d{1,4}){0,3}[ ]?[/–-][ ]?\p{Lu}/uy;
/** No number of a paper has more parts. */
const MOST_PIECES = 6;

/** The said form of a piece, without the area's dictionary: undefined when only its letters can be named. */
export type WordOf = (piece: string) => string | undefined;

function pieceSaid(piece: string, wordOf: WordOf, words: NumberWords): { said: string; known: boolean } {
  if (/^\d/.test(piece)) return { said: numeral(piece, words), known: true };
  const session = /^QH(\d{1,2})$/.exec(piece);
  if (session?.[1] !== undefined) return { said: `Quốc hội khóa ${cardinal(session[1], words)}`, known: true };
  const bare = piece.replace(/[.,]$/, '');
  const said = TYPES[bare] ?? BODIES[bare] ?? wordOf(bare);
  return said === undefined ? { said: spelled(bare, words, ' '), known: false } : { said, known: true };
}

interface Tail {
  readonly length: number;
  readonly said: string;
  readonly known: boolean;
  readonly hasLetters: boolean;
}

/** Everything from a stroke or hyphen on: `/QĐ-TTg`, `-CT/TW`. A stroke is said trên; a hyphen is a short pause. */
function tail(text: string, at: number, wordOf: WordOf, words: NumberWords, spaced: boolean): Tail {
  let end = at;
  let said = '';
  let known = true;
  let hasLetters = false;
  for (let count = 0; count < MOST_PIECES; count += 1) {
    const found = matchAt(PIECE, text, end);
    const piece = found?.[2];
    if (
      found === undefined ||
      piece === undefined ||
      (found[0].includes(' ') && !(count === 0 && (spaced || found[0].startsWith(' /'))))
    )
      break;
    const trimmed = piece.replace(/[.,]$/, '');
    const part = pieceSaid(trimmed, wordOf, words);
    said += `${found[1] === '/' ? ' trên ' : ', '}${part.said}`;
    known = known && part.known;
    hasLetters = hasLetters || /^\p{L}/u.test(trimmed);
    end += found[0].length - (piece.length - trimmed.length);
    if (trimmed !== piece) break;
  }
  return { length: end - at, said, known, hasLetters };
}

function spoken(length: number, said: string, known: boolean): Spoken {
  return { length, said, rule: 'document', ...(known ? {} : { doubt: 'unknownAbbreviation' as const }) };
}

/** `288/KH-UBND`, `06/2022/TT-BTTTT`, `05-CT/TW`; every letter group is said as the words that it stands for. */
export function documentRule(wordOf: WordOf): Rule {
  return ({ text, at, words, before }) => {
    const number = matchAt(START, text, at)?.[1];
    if (number === undefined || matchAt(LETTERS_FOLLOW, text, at) === undefined) return undefined;
    const rest = tail(text, at + number.length, wordOf, words, before[0] === 'số');
    if (!rest.hasLetters) return undefined;
    // 5-Thương: a figure and a word are no number of a paper; the letters must be an abbreviation.
    const letters = text.slice(at + number.length, at + number.length + rest.length).match(/\p{L}+/gu) ?? [];
    if (!letters.some((group) => /\p{Lu}.*\p{Lu}/u.test(group))) return undefined;
    const figures = /[a-zđ]$/.test(number)
      ? `${numeral(number.slice(0, -1), words)} ${spelled(number.slice(-1), words)}`
      : numeral(number, words);
    return spoken(number.length + rest.length, `${figures}${rest.said}`, rest.known);
  };
}

/** `Số:      /KH-UBND`: the number is not yet written, which a person must see. */
export function blankDocumentRule(wordOf: WordOf): Rule {
  return ({ text, at, words, before, touching }) => {
    if (text[at] !== '/' || before[0] !== 'số' || touching !== '') return undefined;
    const rest = tail(text, at, wordOf, words, false);
    if (!rest.hasLetters) return undefined;
    return { length: rest.length, said: rest.said.replace(/^ trên /, ''), rule: 'document', doubt: 'unreadable' };
  };
}

/** `QĐ-TTg`, `KH-UBND` without a number. */
export function paperRule(wordOf: WordOf): Rule {
  return ({ text, at, words }) => {
    const type = matchAt(/\p{Lu}[\p{L}]{1,4}(?=-\p{Lu})/uy, text, at)?.[0];
    if (type === undefined || TYPES[type] === undefined) return undefined;
    const rest = tail(text, at + type.length, wordOf, words, false);
    const body = matchAt(/-(\p{Lu}[\p{L}]{1,9})/uy, text, at + type.length)?.[1] ?? '';
    if (!rest.known || (BODIES[body] === undefined && !/^(?:UBND|HĐND|HDND|B[A-ZĐ]{2,9})$/.test(body)))
      return undefined;
    return spoken(type.length + rest.length, `${TYPES[type]}${rest.said}`, true);
  };
}
