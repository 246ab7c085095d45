import { defineProblems } from '../../platform/i18n/index.js';

export const accessProblem = defineProblems({
  'broker.unreachable': {
    status: 503,
    vi: 'Máy chủ MQTT chưa trả lời nên thiết bị chưa được cấp quyền. Thiết bị tự gửi lại sau; nếu kéo dài, báo quản trị.',
    en: 'The MQTT broker does not answer, so the device was not admitted. It asks again by itself; tell the administrator if this lasts.',
  },
  'gate.tooManyFailures': {
    status: 429,
    vi: 'Mã bí mật sai quá nhiều lần. Thử lại sau {minutes} phút.',
    en: 'Too many wrong secrets. Try again in {minutes} minutes.',
  },
});

/** Alarms. */
defineProblems({
  'broker.accountMissing': {
    status: 422,
    vi: 'Máy chủ MQTT không có tài khoản của thiết bị này. Cho thiết bị đăng ký lại bằng mã lắp đặt mới.',
    en: 'The MQTT broker has no account for this device. Enrol the device again with a new claim.',
  },
});
