import { MediaProblem } from '../../../media/index.js';
import { defineProblems } from '../../platform/i18n/index.js';
import { asPictureProblem } from '../../platform/pictures/index.js';
import { mediaProblem } from '../audio/media.problems.js';

export const visualUploadProblem = defineProblems({
  'library.mediaType': {
    status: 415,
    vi: 'Chỉ nhận tệp hình ảnh hoặc video. Chọn ảnh JPEG, PNG, WebP hoặc video MP4.',
    en: 'Only pictures and videos are taken. Choose a JPEG, PNG or WebP picture or an MP4 video.',
  },
  'library.mediaTooLarge': {
    status: 413,
    vi: 'Tệp lớn hơn {most} MB. Giảm kích thước rồi tải lên lại.',
    en: 'The file is larger than {most} MB. Make it smaller, then upload it again.',
  },
  'library.mediaMissing': {
    status: 404,
    vi: 'Phiên bản này chưa có tệp hình. Tải tệp lên.',
    en: 'This version has no file yet. Upload one.',
  },
  'library.headerWrong': {
    status: 400,
    vi: 'Tên gửi kèm tệp chưa đúng mã. Tải lại trang rồi gửi lại.',
    en: 'A name sent with the file is not percent-encoded UTF-8. Reload and send it again.',
  },
});

/** A refusal of the media engine as the user reads it; anything else stays what it is. */
export function asProblem(error: unknown): unknown {
  return error instanceof MediaProblem ? mediaProblem(error.code) : asPictureProblem(error);
}
