import { defineProblems } from '../platform/i18n/index.js';

/** What can be wrong with one line of an import of areas; the line is named beside it. */
defineProblems({
  'area.codeMissing': {
    status: 422,
    vi: 'Thiếu mã địa bàn hoặc mã có ký tự lạ.',
    en: 'The code is missing or has strange letters.',
  },
  'area.codeTwice': { status: 422, vi: 'Mã địa bàn bị lặp trong tệp.', en: 'The code stands twice in the file.' },
  'area.kindUnknown': {
    status: 422,
    vi: 'Loại địa bàn phải là province, district, commune hoặc hamlet.',
    en: 'The kind must be province, district, commune or hamlet.',
  },
  'area.nameMissing': {
    status: 422,
    vi: 'Thiếu tên địa bàn hoặc tên quá dài.',
    en: 'The name is missing or too long.',
  },
  'area.dateWrong': {
    status: 422,
    vi: 'Ngày hiệu lực phải có dạng 2025-07-01 và ngày kết thúc không trước ngày bắt đầu.',
    en: 'Dates must look like 2025-07-01, and the end must not be before the start.',
  },
  'area.flagWrong': { status: 422, vi: 'Cờ phải là true hoặc false.', en: 'Flags must be true or false.' },
  'area.parentMissing': { status: 422, vi: 'Không tìm thấy địa bàn cấp trên.', en: 'The parent does not exist.' },
  'area.parentWrongKind': {
    status: 422,
    vi: 'Địa bàn này không thể đứng dưới cấp trên đã nêu.',
    en: 'This kind cannot stand under that parent.',
  },
  'area.cycle': {
    status: 422,
    vi: 'Các địa bàn làm cấp trên của nhau thành vòng.',
    en: 'The areas are parents of each other in a circle.',
  },
  'area.moved': {
    status: 422,
    vi: 'Địa bàn đã có ở nơi khác; không chuyển cấp trên bằng cách nhập tệp.',
    en: 'The area exists elsewhere; an import does not move it.',
  },
});
