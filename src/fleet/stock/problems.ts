import { defineProblems } from '../../platform/i18n/index.js';

export const stockProblem = defineProblems({
  'stock.areaUnknown': {
    status: 422,
    vi: 'Không có địa bàn này hoặc tài khoản không được quản lý thiết bị ở đó.',
    en: 'No such area, or none in which this account may manage devices.',
  },
  'stock.importInvalid': {
    status: 422,
    vi: 'Tệp thiết bị có lỗi, chưa nhập dòng nào. Sửa các dòng được nêu rồi nhập lại.',
    en: 'The file of boxes has errors; nothing was imported. Correct the listed lines and import again.',
  },
  'stock.batchUnknown': {
    status: 404,
    vi: 'Không có lô thiết bị này hoặc tài khoản không được xem.',
    en: 'No such batch, or none that this account may see.',
  },
  'stock.boxUnknown': {
    status: 404,
    vi: 'Không có thiết bị mang mã này trong kho hoặc tài khoản không được xem.',
    en: 'No box in the stock has this code, or none that this account may see.',
  },
});

/** What can be wrong with one line of an import of boxes; the line is named beside it. */
defineProblems({
  'stock.csvUnreadable': {
    status: 422,
    vi: 'Không đọc được tệp CSV (UTF-8, dấu phẩy, có dòng tiêu đề).',
    en: 'The CSV file cannot be read (UTF-8, commas, with a header line).',
  },
  'stock.tooManyLines': {
    status: 422,
    vi: 'Một lô có nhiều nhất 2.000 thiết bị. Chia tệp thành nhiều lô.',
    en: 'A batch has 2,000 boxes at most. Divide the file.',
  },
  'stock.serialWrong': {
    status: 422,
    vi: 'Thiếu số sê-ri hoặc có ký tự lạ.',
    en: 'The serial number is missing or has strange letters.',
  },
  'stock.serialTwice': {
    status: 422,
    vi: 'Số sê-ri bị lặp trong tệp.',
    en: 'The serial number stands twice in the file.',
  },
  'stock.serialTaken': { status: 422, vi: 'Thiết bị này đã có trong kho.', en: 'The box is in the stock already.' },
  'stock.modelWrong': {
    status: 422,
    vi: 'Thiếu kiểu máy hoặc có ký tự lạ.',
    en: 'The model is missing or has strange letters.',
  },
  'stock.codeWrong': {
    status: 422,
    vi: 'Mã lắp đặt phải có 16 đến 64 chữ cái, chữ số, gạch ngang.',
    en: 'A claim code has 16 to 64 letters, digits and dashes.',
  },
  'stock.codeTwice': { status: 422, vi: 'Mã lắp đặt bị lặp.', en: 'The claim code stands twice.' },
  'stock.publicKeyWrong': {
    status: 422,
    vi: 'Khóa công khai phải là 32 byte viết bằng base64url.',
    en: 'A public key is 32 bytes in base64url.',
  },
  'stock.simWrong': {
    status: 422,
    vi: 'SIM cần nhà mạng và số thuê bao hoặc ICCID.',
    en: 'A SIM needs a carrier, and a number or an ICCID.',
  },
  'stock.simExpiryWrong': {
    status: 422,
    vi: 'Ngày hết hạn SIM phải viết yyyy-mm-dd.',
    en: 'The end of the package must be a day, yyyy-mm-dd.',
  },
  'stock.simQuotaWrong': {
    status: 422,
    vi: 'Dung lượng SIM là số MB nguyên mỗi tháng.',
    en: 'The quota is a whole number of MB a month.',
  },
});
