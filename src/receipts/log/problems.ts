import { defineProblems } from '../../platform/i18n/index.js';

export const logProblem = defineProblems({
  'log.noCheckpoint': {
    status: 404,
    vi: 'Sổ minh bạch chưa có mốc kiểm tra nào. Thử lại sau ít phút.',
    en: 'The transparency log has no checkpoint yet. Try again in a few minutes.',
  },
  'log.beyondTree': {
    status: 422,
    vi: 'Sổ minh bạch chỉ có {size} xác nhận phát: không có bằng chứng cho số lớn hơn.',
    en: 'The transparency log has {size} receipts: there is no proof for more.',
  },
  'log.shrunk': {
    status: 422,
    vi: 'Số xác nhận ở mốc sau không được nhỏ hơn ở mốc trước.',
    en: 'The later checkpoint must not have fewer receipts than the former.',
  },
  'log.unknownLeaf': {
    status: 404,
    vi: 'Xác nhận phát này không có trong sổ minh bạch, hoặc được ghi sau mốc đã nêu.',
    en: 'This receipt is not in the transparency log, or entered it behind the checkpoint that was named.',
  },
  'log.unknownTile': {
    status: 404,
    vi: 'Sổ minh bạch không có mảnh này.',
    en: 'The transparency log has no such tile.',
  },
  'log.tooFast': {
    status: 429,
    vi: 'Quá nhiều yêu cầu từ địa chỉ này. Đợi một phút rồi thử lại.',
    en: 'Too many requests from this address. Wait a minute, then try again.',
  },
});
