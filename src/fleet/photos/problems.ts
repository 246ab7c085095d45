import { defineProblems } from '../../platform/i18n/index.js';

export const photoProblem = defineProblems({
  'photo.type': {
    status: 415,
    vi: 'Chỉ nhận ảnh JPEG, PNG hoặc WebP.',
    en: 'Only JPEG, PNG and WebP pictures are taken.',
  },
  'photo.tooLarge': {
    status: 413,
    vi: 'Ảnh lớn hơn {most} MB. Giảm kích thước rồi gửi lại.',
    en: 'The picture is larger than {most} MB. Make it smaller, then send it again.',
  },
  'photo.empty': { status: 400, vi: 'Ảnh trống. Chọn lại ảnh.', en: 'The picture is empty. Choose another one.' },
  'photo.broken': {
    status: 400,
    vi: 'Ảnh gửi lên bị đứt giữa chừng. Gửi lại.',
    en: 'The picture broke off on its way. Send it again.',
  },
  'photo.captionWrong': {
    status: 400,
    vi: 'Chú thích ảnh chưa đúng mã hoặc dài quá 200 ký tự.',
    en: 'The caption is not percent-encoded UTF-8 or is longer than 200 characters.',
  },
  'photo.tooMany': {
    status: 409,
    vi: 'Đã có {most} ảnh. Xóa bớt rồi gửi lại.',
    en: 'There are {most} pictures already. Delete some first.',
  },
  'photo.unknown': {
    status: 404,
    vi: 'Không có ảnh này hoặc tài khoản không được xem.',
    en: 'No such picture, or none that this account may see.',
  },
});
