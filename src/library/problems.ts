import { defineProblems } from '../platform/i18n/index.js';

export const libraryProblem = defineProblems({
  'library.itemUnknown': {
    status: 404,
    vi: 'Không có nội dung này hoặc tài khoản không được xem.',
    en: 'No such content, or none that this account may see.',
  },
  'library.versionUnknown': {
    status: 404,
    vi: 'Nội dung này không có phiên bản đó. Tải lại trang để xem các phiên bản hiện có.',
    en: 'This content has no such version. Reload to see those that exist.',
  },
  'library.titleEmpty': {
    status: 422,
    vi: 'Chưa có tiêu đề. Nhập tiêu đề rồi lưu lại.',
    en: 'The title is empty. Enter one and save again.',
  },
  'library.textEmpty': {
    status: 422,
    vi: 'Bài viết chưa có chữ nào. Nhập nội dung rồi lưu lại.',
    en: 'The script has no text. Enter it and save again.',
  },
  'library.textTooLong': {
    status: 422,
    vi: 'Bài viết dài quá {most} ký tự. Chia thành nhiều bài rồi lưu lại.',
    en: 'The script is longer than {most} characters. Divide it into several and save again.',
  },
  'library.uploadType': {
    status: 415,
    vi: 'Chỉ nhận tệp âm thanh. Chọn tệp MP3, M4A, WAV, OGG hoặc FLAC.',
    en: 'Only audio files are taken. Choose an MP3, M4A, WAV, OGG or FLAC file.',
  },
  'library.uploadTooLarge': {
    status: 413,
    vi: 'Tệp âm thanh lớn hơn {most} MB. Lưu thành MP3 hoặc cắt ngắn rồi tải lên lại.',
    en: 'The audio file is larger than {most} MB. Save it as MP3 or cut it, then upload again.',
  },
  'library.uploadEmpty': {
    status: 422,
    vi: 'Tệp tải lên trống. Chọn tệp khác.',
    en: 'The uploaded file is empty. Choose another.',
  },
  'library.uploadBroken': {
    status: 400,
    vi: 'Tải lên bị ngắt giữa chừng, chưa lưu gì. Tải lên lại.',
    en: 'The upload broke off; nothing was kept. Upload again.',
  },
  'library.audioMissing': {
    status: 404,
    vi: 'Phiên bản này chưa có âm thanh. Chờ xử lý xong hoặc tải bản thu lên.',
    en: 'This version has no audio yet. Wait until it is made, or upload a recording.',
  },
  'library.audioNotReady': {
    status: 409,
    vi: 'Chưa có âm thanh để duyệt. Chờ xử lý xong hoặc tải bản thu lên, nghe lại rồi trình duyệt.',
    en: 'There is no audio to approve yet. Wait until it is made or upload a recording, listen to it, then submit.',
  },
  'library.statusWrong': {
    status: 409,
    vi: 'Phiên bản này đang ở trạng thái khác nên không làm được việc đó. Tải lại trang để xem trạng thái mới.',
    en: 'The status of this version does not allow that. Reload to see what it is now.',
  },
  'library.ownWork': {
    status: 403,
    vi: 'Người biên soạn không được duyệt nội dung của chính mình. Nhờ người duyệt khác.',
    en: 'An author cannot decide on their own content. Ask another approver.',
  },
  'library.changedMeanwhile': {
    status: 409,
    vi: 'Nội dung đã thay đổi sau khi anh/chị xem. Đọc và nghe lại bản mới rồi duyệt.',
    en: 'The content has changed since you saw it. Read and hear the new version, then decide.',
  },
});
