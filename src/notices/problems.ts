import { defineProblems } from '../platform/i18n/index.js';

export const noticeProblem = defineProblems({
  'notices.unknown': { status: 404, vi: 'Không có thông báo này.', en: 'There is no such notice.' },
  'notices.subscriptionUnknown': {
    status: 404,
    vi: 'Thiết bị này chưa đăng ký nhận thông báo.',
    en: 'This device is not subscribed to notices.',
  },
  'notices.endpointRefused': {
    status: 422,
    vi: 'Địa chỉ nhận thông báo của trình duyệt không được chấp nhận: phải là https trên mạng công cộng.',
    en: 'The push address is refused: it must be https on the public network.',
  },
  'notices.endpointUnresolved': {
    status: 422,
    vi: 'Máy chủ không tìm thấy địa chỉ nhận thông báo của trình duyệt. Kiểm tra mạng của máy chủ rồi thử lại.',
    en: 'The service cannot find the push address. Check its network, then try again.',
  },
  'notices.keysInvalid': {
    status: 422,
    vi: 'Khóa nhận thông báo của trình duyệt không hợp lệ. Tắt rồi bật lại thông báo trên trình duyệt.',
    en: 'The push keys are not valid. Turn notifications off and on again in the browser.',
  },
});
