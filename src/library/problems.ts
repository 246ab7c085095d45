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
  'library.cursorUnknown': {
    status: 400,
    vi: 'Liên kết sang trang sau không đúng. Tìm lại từ đầu.',
    en: 'The address of the next page is not valid. Search again from the beginning.',
  },
  'library.titleEmpty': {
    status: 422,
    vi: 'Chưa có tiêu đề. Nhập tiêu đề rồi lưu lại.',
    en: 'The title is empty. Enter one and save again.',
  },
  'library.validityWrong': {
    status: 422,
    vi: 'Ngày hết hiệu lực trước ngày bắt đầu. Sửa lại hai ngày rồi lưu.',
    en: 'The validity ends before it begins. Correct the two days and save.',
  },
  'library.kindWrong': {
    status: 409,
    vi: 'Loại nội dung này không có phần đó.',
    en: 'This kind of content has no such part.',
  },
  'library.streamAddress': {
    status: 422,
    vi: 'Địa chỉ luồng tiếp âm chưa đúng. Nhập địa chỉ http hoặc https, không kèm tên đăng nhập, tối đa 500 ký tự.',
    en: 'The address of the relay is not valid. Enter an http or https address without a login in it, of 500 characters at most.',
  },
  'library.languageTaken': {
    status: 409,
    vi: 'Nội dung này đã có bản ở ngôn ngữ đó. Mở bản ấy để sửa.',
    en: 'There is a version in that language already. Open it to edit.',
  },
  'library.languageElsewhere': {
    status: 422,
    vi: 'Các bản ngôn ngữ của một nội dung phải cùng địa bàn. Chọn lại địa bàn.',
    en: 'Language versions of one content belong to one area. Choose that area.',
  },
  'library.reasonMissing': {
    status: 422,
    vi: 'Chưa ghi lý do. Ghi lý do rồi gửi lại.',
    en: 'The reason is missing. Enter it and send again.',
  },
  'library.wordEmpty': {
    status: 422,
    vi: 'Chưa nhập từ cần đọc. Nhập từ hoặc chữ viết tắt rồi lưu lại.',
    en: 'The word is empty. Enter the word or abbreviation and save again.',
  },
  'library.wordUnspeakable': {
    status: 422,
    vi: 'Cách đọc chỉ gồm chữ, dấu cách, dấu phẩy, dấu chấm và gạch nối. Viết số bằng chữ rồi lưu lại.',
    en: 'How it is read may hold letters, spaces, commas, dots and hyphens only. Write figures as words and save again.',
  },
  'library.wordUnknown': {
    status: 404,
    vi: 'Từ điển của địa bàn này không có từ đó. Tải lại trang.',
    en: 'The dictionary of this area has no such word. Reload.',
  },
  'library.dictionaryFull': {
    status: 409,
    vi: 'Từ điển của địa bàn đã đủ {most} từ. Xóa bớt từ không dùng rồi thêm lại.',
    en: 'The dictionary of this area holds {most} words already. Remove unused ones, then add again.',
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
  'library.audioCancelled': {
    status: 409,
    vi: 'Việc tạo âm thanh đã bị hủy. Lưu lại bài viết hoặc tải bản thu lên lại để làm lại.',
    en: 'Making the audio was cancelled. Save the script or upload the recording again to make it anew.',
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
