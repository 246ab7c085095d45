import type { DocumentNote } from '../../documents/index.js';
import { LONGEST_TEXT } from '../library/index.js';
import { problemRegistry } from '../platform/i18n/index.js';
import type { FrontMatterWarning } from './engine/front-matter.js';
import { MB_BYTES, MOST_IMPORT_BYTES, MOST_LINES } from './engine/limits.js';

interface Words {
  readonly vi: string;
  readonly en: string;
}

export type NoteCode =
  | DocumentNote
  | FrontMatterWarning['code']
  | 'titleFromName'
  | 'titleShortened'
  | 'approvedElsewhere'
  | 'planLineDropped'
  | 'areaUnknown'
  | 'soundNotIncluded'
  | 'olderStatusesDropped'
  | 'groupTaken';

/** What should be looked at; `detail` fills `{detail}`. */
export interface LineNote {
  readonly code: NoteCode;
  readonly detail?: string;
}

const WORDS: Readonly<Record<NoteCode, Words>> = {
  convertedTcvn3: { vi: 'Đã chuyển từ TCVN3 (ABC) sang Unicode.', en: 'Converted from TCVN3 (ABC).' },
  convertedVni: { vi: 'Đã chuyển từ VNI sang Unicode.', en: 'Converted from VNI.' },
  convertedWindows1258: { vi: 'Đã chuyển từ Windows-1258 sang Unicode.', en: 'Converted from Windows-1258.' },
  capitalsRestored: {
    vi: 'Chữ hoa có dấu được đoán lại; xem lại các chữ hoa.',
    en: 'Capitals with marks were guessed; check them.',
  },
  encodingGuessed: { vi: 'Bảng mã được đoán; đọc lại bài.', en: 'The encoding was guessed; read the text again.' },
  extensionMisleading: { vi: 'Đuôi tệp không đúng loại tệp.', en: 'The file is of another kind than its name says.' },
  macrosIgnored: { vi: 'Tệp có macro; đã bỏ.', en: 'The file has macros; they were ignored.' },
  imagesIgnored: { vi: 'Hình trong tài liệu đã bỏ.', en: 'Pictures in the document were left out.' },
  footnotesIgnored: { vi: 'Chú thích cuối trang đã bỏ.', en: 'Footnotes were left out.' },
  tablesFlattened: { vi: 'Bảng đã chuyển thành dòng.', en: 'Tables were made into lines.' },
  listNumbersDropped: { vi: 'Số thứ tự của danh sách đã mất.', en: 'Numbers of lists were lost.' },
  pageNumbersDropped: { vi: 'Số trang đã bỏ.', en: 'Page numbers were left out.' },
  codeDropped: { vi: 'Đoạn mã đã bỏ.', en: 'Code was left out.' },
  htmlDropped: { vi: 'Thẻ HTML đã bỏ.', en: 'HTML was left out.' },
  frontMatterIgnored: {
    vi: 'Phần đầu tệp không đọc được hết.',
    en: 'Not all of the head of the file could be read.',
  },
  controlCharactersRemoved: { vi: 'Ký tự điều khiển đã bỏ.', en: 'Control characters were removed.' },
  bidiRemoved: { vi: 'Ký tự đảo chiều chữ đã bỏ.', en: 'Marks that turn the reading direction were removed.' },
  emojiKept: { vi: 'Bài có biểu tượng cảm xúc.', en: 'The text holds emoji.' },
  frontMatterUnknown: { vi: 'Không hiểu mục “{detail}” ở đầu tệp.', en: 'The key “{detail}” is not known.' },
  frontMatterWrong: {
    vi: 'Giá trị của mục “{detail}” ở đầu tệp không dùng được.',
    en: 'The value of the key “{detail}” cannot be used.',
  },
  planLineIgnored: {
    vi: 'Mục “{detail}” nói về kế hoạch; chọn dòng kế hoạch sau khi nhập.',
    en: 'The key “{detail}” is about a plan; choose the plan line after the import.',
  },
  titleFromName: { vi: 'Tiêu đề lấy từ tên tệp.', en: 'The title is the name of the file.' },
  titleShortened: { vi: 'Tiêu đề dài đã cắt bớt.', en: 'The long title was cut.' },
  approvedElsewhere: {
    vi: 'Nơi gửi đã duyệt ({detail}); ở đây là bản nháp, phải duyệt lại.',
    en: 'Approved where it comes from ({detail}); here it is a draft and must be approved.',
  },
  planLineDropped: { vi: 'Dòng kế hoạch của nơi gửi đã bỏ.', en: 'The plan line of the sender was dropped.' },
  areaUnknown: {
    vi: 'Không có địa bàn “{detail}” ở đây; nội dung vào địa bàn của lần nhập.',
    en: 'There is no area “{detail}” here; it went into the area of the import.',
  },
  soundNotIncluded: {
    vi: 'Tệp xuất không kèm âm thanh của bản thu; thu hoặc tải lên lại.',
    en: 'The export came without the sound of this recording; record or upload it again.',
  },
  olderStatusesDropped: {
    vi: 'Các phiên bản cũ chỉ để đọc.',
    en: 'Older versions are there to be read only.',
  },
  groupTaken: {
    vi: 'Bản ngôn ngữ này đã có; nội dung được tách riêng.',
    en: 'This language was taken in its group; it stands by itself.',
  },
};

export const noteView = ({ code, detail }: LineNote) => ({
  code,
  vi: WORDS[code].vi.replace('{detail}', detail ?? ''),
  en: WORDS[code].en.replace('{detail}', detail ?? ''),
});

/** Numbers in the words of the codes that lines carry. */
const MOST: Readonly<Record<string, number>> = {
  'library.textTooLong': LONGEST_TEXT,
  'bulk.tooManyLines': MOST_LINES,
  'bulk.tooLarge': MOST_IMPORT_BYTES / MB_BYTES,
};

/** A code with its words; what is no problem code speaks to the log only. */
export function problemView(code: string | null, otherwise = 'job.failed') {
  if (code === null) return null;
  const known = problemRegistry.get(code);
  const told = known ?? problemRegistry.get(otherwise);
  const filled = (words: string | undefined) => (words ?? code).replace('{most}', String(MOST[code] ?? '{most}'));
  return { code: known ? code : otherwise, vi: filled(told?.vi), en: filled(told?.en) };
}
