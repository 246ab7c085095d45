import { VisualProblem, type VisualProblemCode } from '../../../media/index.js';
import { defineProblems } from '../i18n/index.js';

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

/** A refusal of the picture and video engine as the user reads it; anything else stays what it is. */
export const asPictureProblem = (error: unknown): unknown =>
  error instanceof VisualProblem ? visualProblem(error.code) : error;
