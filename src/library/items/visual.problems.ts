import { MediaProblem, VisualProblem, type VisualProblemCode } from '../../../media/index.js';
import { defineProblems } from '../../platform/i18n/index.js';
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

/** What may be found in a picture or a video, in the words of the person who must act. */
const texts = {
  'picture.unknown': {
    status: 422,
    vi: 'Tệp này không phải ảnh JPEG, PNG hoặc WebP. Lưu ảnh lại đúng dạng rồi tải lên.',
    en: 'This is no JPEG, PNG or WebP picture. Save it as one, then upload it.',
  },
  'picture.truncated': {
    status: 422,
    vi: 'Ảnh bị thiếu một phần. Chép lại ảnh rồi tải lên.',
    en: 'A part of the picture is missing. Copy it again, then upload it.',
  },
  'picture.damaged': {
    status: 422,
    vi: 'Ảnh bị hỏng. Mở ảnh, lưu lại rồi tải lên.',
    en: 'The picture is damaged. Open it, save it anew, then upload it.',
  },
  'picture.tooLarge': {
    status: 422,
    vi: 'Ảnh quá nhiều điểm ảnh (mỗi cạnh tối đa 8.000, tất cả tối đa 40 triệu). Thu nhỏ ảnh rồi tải lên.',
    en: 'The picture has too many pixels (8,000 a side, 40 million in all). Make it smaller, then upload it.',
  },
  'picture.animated': {
    status: 422,
    vi: 'Ảnh động không chiếu được. Chọn ảnh tĩnh hoặc tải lên video MP4.',
    en: 'Animated pictures are not shown. Choose a still one, or upload an MP4 video.',
  },
  'video.unknown': {
    status: 422,
    vi: 'Tệp này không phải video MP4. Xuất video thành MP4 rồi tải lên.',
    en: 'This is no MP4 video. Export it as MP4, then upload it.',
  },
  'video.truncated': {
    status: 422,
    vi: 'Video bị thiếu một phần. Chép lại hoặc xuất lại video rồi tải lên.',
    en: 'A part of the video is missing. Copy or export it again, then upload it.',
  },
  'video.damaged': {
    status: 422,
    vi: 'Video bị hỏng. Xuất lại video rồi tải lên.',
    en: 'The video is damaged. Export it again, then upload it.',
  },
  'video.noPicture': {
    status: 422,
    vi: 'Tệp này chỉ có tiếng, không có hình. Chọn tệp video khác.',
    en: 'This file has sound but no picture. Choose another video.',
  },
  'video.codec': {
    status: 422,
    vi: 'Bảng tin chỉ chiếu video H.264 có tiếng AAC. Xuất lại video theo dạng đó rồi tải lên.',
    en: 'Boards show H.264 video with AAC sound only. Export it so, then upload it.',
  },
  'video.tooLarge': {
    status: 422,
    vi: 'Khung hình của video quá lớn. Xuất lại ở Full HD rồi tải lên.',
    en: 'The picture of the video is too large. Export it in Full HD, then upload it.',
  },
  'video.tooLong': {
    status: 422,
    vi: 'Video dài quá 3 phút. Cắt ngắn rồi tải lên.',
    en: 'The video is longer than three minutes. Cut it, then upload it.',
  },
} as const satisfies Record<VisualProblemCode, { status: number; vi: string; en: string }>;

const visualProblem = defineProblems(texts);

/** A refusal of the media engine as the user reads it; anything else stays what it is. */
export function asProblem(error: unknown): unknown {
  if (error instanceof VisualProblem) return visualProblem(error.code);
  return error instanceof MediaProblem ? mediaProblem(error.code) : error;
}
