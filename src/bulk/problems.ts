import { defineProblems } from '../platform/i18n/index.js';

export const bulkProblem = defineProblems({
  'bulk.importUnknown': {
    status: 404,
    vi: 'Không có lần nhập này hoặc tài khoản không được xem.',
    en: 'No such import, or none that this account may see.',
  },
  'bulk.exportUnknown': {
    status: 404,
    vi: 'Không có lần xuất này, đã quá 7 ngày, hoặc tài khoản không được xem.',
    en: 'No such export, none that this account may see, or one older than 7 days.',
  },
  'bulk.exportNotReady': {
    status: 409,
    vi: 'Tệp xuất chưa xong. Chờ xong rồi tải về.',
    en: 'The export is not ready yet. Download it when it is.',
  },
  'bulk.cursorUnknown': {
    status: 400,
    vi: 'Liên kết sang trang sau không đúng. Mở lại danh sách từ đầu.',
    en: 'The address of the next page is not valid. Open the list again.',
  },
  'bulk.titleEmpty': {
    status: 422,
    vi: 'Tên của lần nhập không được để trống.',
    en: 'The title of the import must not be empty.',
  },
  'bulk.nothingToDo': {
    status: 409,
    vi: 'Chưa có tệp nào để nhập. Tải tệp lên trước.',
    en: 'There is no file to import. Upload some first.',
  },
  'bulk.tooManyLines': {
    status: 413,
    vi: 'Một lần nhập chỉ nhận {most} tệp. Tạo lần nhập khác cho phần còn lại.',
    en: 'One import takes {most} files. Make another one for the rest.',
  },
  'bulk.tooManyItems': {
    status: 413,
    vi: 'Tệp xuất có quá nhiều nội dung. Xuất theo từng địa bàn rồi nhập lần lượt.',
    en: 'The export holds too many items. Export area by area and import one after the other.',
  },
  'bulk.tooLarge': {
    status: 413,
    vi: 'Một lần nhập chỉ nhận {most} MB. Tạo lần nhập khác cho phần còn lại.',
    en: 'One import takes {most} MB. Make another one for the rest.',
  },
  'bulk.fileTooLarge': {
    status: 413,
    vi: 'Tệp quá lớn: tài liệu tối đa 50 MB, âm thanh 100 MB, ZIP 300 MB.',
    en: 'The file is too large: documents 50 MB, audio 100 MB, ZIP 300 MB at most.',
  },
  'bulk.fileBroken': {
    status: 400,
    vi: 'Gửi tệp bị ngắt giữa chừng, chưa lưu gì. Gửi lại.',
    en: 'Sending broke off; nothing was kept. Send it again.',
  },
  'bulk.fileLost': {
    status: 410,
    vi: 'Tệp đã gửi không còn trong kho. Gửi lại tệp.',
    en: 'The file that was sent is no longer in the store. Send it again.',
  },
  'bulk.duplicate': {
    status: 409,
    vi: 'Tệp này đã có trong thư viện của địa bàn.',
    en: 'This file is in the library of the area already.',
  },
  'bulk.libraryUnreadable': {
    status: 422,
    vi: 'Không đọc được vang-library.json, hoặc tệp do phiên bản mới hơn tạo ra. Xuất lại hoặc nâng cấp phần mềm.',
    en: 'vang-library.json cannot be read, or a newer version wrote it. Export again, or upgrade.',
  },
  'bulk.itemUnreadable': {
    status: 422,
    vi: 'Một nội dung trong tệp xuất không đúng định dạng. Xuất lại từ nơi gửi.',
    en: 'This item of the export is not well-formed. Export it again where it comes from.',
  },
  'bulk.itemTooLarge': {
    status: 413,
    vi: 'Một nội dung trong tệp xuất quá lớn.',
    en: 'This item of the export is too large.',
  },
  'bulk.fileMissing': {
    status: 422,
    vi: 'Tệp âm thanh hoặc hình đi kèm không có trong ZIP. Xuất lại từ nơi gửi.',
    en: 'A sound or picture that belongs to it is not in the ZIP. Export it again where it comes from.',
  },
  'bulk.hashMismatch': {
    status: 422,
    vi: 'Tệp âm thanh hoặc hình đi kèm không khớp mã kiểm tra. Xuất lại từ nơi gửi.',
    en: 'A sound or picture that belongs to it does not match its hash. Export it again where it comes from.',
  },
});
