import { defineProblems } from '../../platform/i18n/index.js';

export const confirmationProblem = defineProblems({
  // Unknown, revoked and expired are one: whoever guesses learns nothing.
  'confirmations.linkUnknown': {
    status: 404,
    vi: 'Liên kết này không dùng được: sai địa chỉ, đã hết hạn hoặc đã bị thu hồi. Xin liên kết mới ở Đài truyền thanh xã.',
    en: 'This link cannot be used: it is wrong, expired or revoked. Ask the commune station for a new one.',
  },
  'confirmations.tooFast': {
    status: 429,
    vi: 'Bấm quá nhanh. Chờ một phút rồi bấm lại.',
    en: 'Too many at once. Wait a minute, then try again.',
  },
  'confirmations.sessionUnknown': {
    status: 404,
    vi: 'Không có buổi phát này, hoặc đã qua 3 ngày nên không hỏi nữa. Tải lại trang.',
    en: 'There is no such session, or it is more than 3 days ago and not asked about any more. Reload the page.',
  },
  'confirmations.tooEarly': {
    status: 409,
    vi: 'Buổi phát chưa kết thúc. Nghe hết rồi trả lời.',
    en: 'The session is not over yet. Answer when it is.',
  },
  'confirmations.changed': {
    status: 409,
    vi: 'Câu trả lời vừa được đổi ở máy khác. Tải lại trang để xem.',
    en: 'The answer has been changed elsewhere meanwhile. Reload the page to see it.',
  },
  'confirmations.another': {
    status: 409,
    vi: 'Người khác đã trả lời buổi phát này; chỉ người đó sửa được.',
    en: 'Somebody else has answered for this session; only they may correct it.',
  },
  'confirmations.fixed': {
    status: 409,
    vi: 'Đã quá một giờ từ lúc trả lời nên không sửa được nữa. Có nhầm lẫn thì báo Đài truyền thanh xã.',
    en: 'The answer was given more than an hour ago and stands. If it is wrong, tell the commune station.',
  },
  'confirmations.nobodyTold': {
    status: 422,
    vi: 'Chưa ghi ai đã trả lời qua điện thoại. Nhập tên người đó.',
    en: 'Who told it on the telephone is missing. Enter the name.',
  },
  'confirmations.headMissing': {
    status: 422,
    vi: 'Chưa có tên trưởng ấp, trưởng thôn. Nhập tên rồi lưu lại.',
    en: 'The name of the hamlet head is missing. Enter it and save again.',
  },
  'confirmations.notHamlet': {
    status: 422,
    vi: 'Liên kết xác nhận nghe chỉ dành cho một ấp, thôn. Chọn lại địa bàn.',
    en: 'Such a link is for one hamlet. Choose that area.',
  },
  'confirmations.linkThere': {
    status: 409,
    vi: 'Ấp này đang có liên kết của {name}. Cấp lại địa chỉ cho người đó, hoặc thu hồi rồi tạo mới.',
    en: 'This hamlet has a link, of {name}. Renew it, or revoke it before you make another.',
  },
  'confirmations.linkGone': {
    status: 404,
    vi: 'Không có liên kết này hoặc tài khoản không được xem.',
    en: 'No such link, or none that this account may see.',
  },
  'confirmations.linkRevoked': {
    status: 409,
    vi: 'Liên kết này đã bị thu hồi. Tạo liên kết mới.',
    en: 'This link has been revoked. Make a new one.',
  },
  'confirmations.termWrong': {
    status: 422,
    vi: 'Hạn dùng phải ở tương lai và không quá {days} ngày.',
    en: 'The link must end in the future, within {days} days.',
  },
  'confirmations.cursorUnknown': {
    status: 400,
    vi: 'Liên kết sang trang sau không đúng. Mở lại danh sách từ đầu.',
    en: 'The address of the next page is not valid. Open the list again.',
  },
});
