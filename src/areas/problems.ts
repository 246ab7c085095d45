import { defineProblems } from '../platform/i18n/index.js';

export const areaProblem = defineProblems({
  'area.unknown': {
    status: 404,
    vi: 'Không có địa bàn này hoặc tài khoản không được xem.',
    en: 'No such area, or none that this account may see.',
  },
  'area.importInvalid': {
    status: 422,
    vi: 'Tệp địa bàn có lỗi, chưa nhập dòng nào. Sửa các dòng được nêu rồi nhập lại.',
    en: 'The file of areas has errors; nothing was imported. Correct the listed lines and import again.',
  },
  'area.csvUnreadable': {
    status: 422,
    vi: 'Không đọc được tệp CSV (UTF-8, dấu phẩy, có dòng tiêu đề).',
    en: 'The CSV file cannot be read (UTF-8, commas, with a header line).',
  },
  'area.languagesMisplaced': {
    status: 422,
    vi: 'Ngôn ngữ chỉ khai báo cho xã, phường hoặc thôn, ấp. Chọn một địa bàn như vậy.',
    en: 'Languages are stated for a commune or a hamlet. Choose one of these.',
  },
  'area.languageTwice': {
    status: 422,
    vi: 'Một ngôn ngữ bị nêu hai lần. Bỏ bớt một lần.',
    en: 'A language stands twice in the list. Remove one of them.',
  },
});
