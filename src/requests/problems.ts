import { defineProblems } from '../platform/i18n/index.js';

export const requestsProblem = defineProblems({
  // Unknown, revoked and expired are one: whoever guesses learns nothing.
  'requests.linkUnknown': {
    status: 404,
    vi: 'Liên kết này không dùng được: sai địa chỉ, đã hết hạn hoặc đã bị thu hồi. Xin liên kết mới ở Đài truyền thanh xã.',
    en: 'This link cannot be used: it is wrong, expired or revoked. Ask the commune station for a new one.',
  },
  'requests.tooFast': {
    status: 429,
    vi: 'Gửi quá nhanh. Chờ một phút rồi gửi lại.',
    en: 'Too many at once. Wait a minute, then send again.',
  },
  'requests.tooManyToday': {
    status: 429,
    vi: 'Hôm nay đã gửi đủ {most} đề nghị. Việc khẩn cấp thì gọi điện cho Đài truyền thanh xã.',
    en: 'All {most} requests of today have been sent. If it is urgent, telephone the commune station.',
  },
  'requests.bytesToday': {
    status: 429,
    vi: 'Hôm nay đã gửi đủ {most} MB tệp. Gửi bằng chữ, hoặc gửi tệp vào ngày mai.',
    en: 'All {most} MB of files of today have been sent. Send text, or the file tomorrow.',
  },
  'requests.busy': {
    status: 503,
    vi: 'Đang có nhiều tệp gửi lên cùng lúc. Chờ một phút rồi gửi lại.',
    en: 'Many files are being sent at this moment. Wait a minute, then send again.',
  },
  'requests.keyMissing': {
    status: 400,
    vi: 'Lần gửi này thiếu mã nhận dạng. Tải lại trang rồi gửi lại.',
    en: 'The request has no key (x-request-key, a UUID). Reload the page and send again.',
  },
  'requests.nothingSent': {
    status: 422,
    vi: 'Chưa có nội dung. Viết vài dòng, ghi âm hoặc chọn tệp rồi gửi.',
    en: 'There is nothing to send. Write some lines, record, or choose a file.',
  },
  'requests.textTooLong': {
    status: 422,
    vi: 'Nội dung dài quá {most} ký tự. Rút ngắn, hoặc gửi thành tệp.',
    en: 'The text is longer than {most} characters. Shorten it, or send it as a file.',
  },
  'requests.fileName': {
    status: 400,
    vi: 'Không đọc được tên tệp. Đổi tên tệp rồi gửi lại.',
    en: 'The name of the file cannot be read (x-file-name, percent-encoded UTF-8). Rename it and send again.',
  },
  'requests.fileType': {
    status: 415,
    vi: 'Chỉ nhận bản ghi âm (MP3, M4A, OGG, WAV, WebM) và văn bản (DOCX, DOC, PDF, TXT, MD). Chọn tệp khác.',
    en: 'Only recordings (MP3, M4A, OGG, WAV, WebM) and documents (DOCX, DOC, PDF, TXT, MD) are taken.',
  },
  'requests.fileTooLarge': {
    status: 413,
    vi: 'Tệp lớn hơn {most} MB. Cắt ngắn hoặc nén lại rồi gửi.',
    en: 'The file is larger than {most} MB. Cut or compress it, then send again.',
  },
  'requests.fileEmpty': { status: 422, vi: 'Tệp trống. Chọn tệp khác.', en: 'The file is empty. Choose another.' },
  'requests.fileBroken': {
    status: 400,
    vi: 'Gửi tệp bị ngắt giữa chừng, chưa lưu gì. Gửi lại.',
    en: 'Sending broke off; nothing was kept. Send it again.',
  },
  'requests.fileUnknown': {
    status: 422,
    vi: 'Tệp đính kèm không còn hoặc đã dùng cho đề nghị khác. Chọn và gửi lại tệp.',
    en: 'An attached file is gone or belongs to another request. Choose and send it again.',
  },
  'requests.unknown': {
    status: 404,
    vi: 'Không có đề nghị này hoặc tài khoản không được xem.',
    en: 'No such request, or none that this account may see.',
  },
  'requests.cursorUnknown': {
    status: 400,
    vi: 'Liên kết sang trang sau không đúng. Mở lại danh sách từ đầu.',
    en: 'The address of the next page is not valid. Open the list again.',
  },
  'requests.decided': {
    status: 409,
    vi: 'Đề nghị này đã được xử lý. Tải lại trang để xem kết quả.',
    en: 'This request has been decided on already. Reload to see how.',
  },
  'requests.sourceMissing': {
    status: 422,
    vi: 'Đề nghị này không có phần đó. Chọn nội dung chữ hoặc một tệp khác.',
    en: 'The request has no such part. Choose its text or another file.',
  },
  'requests.documentUnreadable': {
    status: 422,
    vi: 'Không lấy được chữ từ tệp đính kèm. Tải tệp về xem, hoặc soạn từ phần chữ của đề nghị.',
    en: 'No text could be taken from the attached file. Download it, or draft from the text of the request.',
  },
  'requests.documentTooLong': {
    status: 422,
    vi: 'Tệp đính kèm dài quá {most} ký tự. Tải tệp về, chia thành nhiều bài rồi soạn từng bài.',
    en: 'The attached file is longer than {most} characters. Download it and write several scripts from it.',
  },
  'requests.reasonMissing': {
    status: 422,
    vi: 'Chưa ghi lý do. Ghi lý do để bên gửi biết.',
    en: 'The reason is missing. Write it for the one who asked.',
  },
  'requests.linkGone': {
    status: 404,
    vi: 'Không có liên kết này hoặc tài khoản không được xem.',
    en: 'No such link, or none that this account may see.',
  },
  'requests.linkRevoked': {
    status: 409,
    vi: 'Liên kết này đã bị thu hồi. Tạo liên kết mới.',
    en: 'This link has been revoked. Make a new one.',
  },
  'requests.areaWrong': {
    status: 422,
    vi: 'Liên kết gửi đề nghị chỉ dành cho một xã hoặc một ấp, thôn. Chọn lại địa bàn.',
    en: 'Such a link is for one commune or one hamlet. Choose that area.',
  },
  'requests.termWrong': {
    status: 422,
    vi: 'Hạn dùng phải ở tương lai và không quá {days} ngày.',
    en: 'The link must end in the future, within {days} days.',
  },
  'requests.senderMissing': {
    status: 422,
    vi: 'Chưa có tên người hoặc đơn vị. Nhập tên rồi lưu lại.',
    en: 'The name of the person or office is missing. Enter it and save again.',
  },
  'requests.recordingWaiting': {
    status: 409,
    vi: 'Bài này đang chờ duyệt hoặc đang phát khẩn cấp. Rút về trước khi nhờ người đọc.',
    en: 'This text waits for approval or is on air in an emergency. Take it back before somebody records it.',
  },
  'requests.recordingOver': {
    status: 410,
    vi: 'Liên kết thu âm này đã dùng xong, hoặc bài đã được sửa hay gửi duyệt. Xin liên kết mới nếu cần thu lại.',
    en: 'This recording link is used up, or the text has been changed or submitted. Ask for a new one to record again.',
  },
});
