import { defineProblems } from '../../platform/i18n/index.js';

export const commandProblem = defineProblems({
  'command.unknown': {
    status: 404,
    vi: 'Không có lệnh này hoặc tài khoản không được xem.',
    en: 'No such command, or none that this account may see.',
  },
  'command.clusterUnknown': {
    status: 404,
    vi: 'Có cụm loa không tồn tại hoặc tài khoản không được điều khiển. Bỏ các cụm được nêu rồi gửi lại.',
    en: 'Some clusters do not exist, or this account may not command them. Leave them out and send again.',
  },
  'command.keyReused': {
    status: 409,
    vi: 'Mã yêu cầu đã dùng cho một lệnh khác. Tải lại trang rồi gửi lại.',
    en: 'The request key was used for another command. Reload the page and send again.',
  },
  'command.untilWrong': {
    status: 422,
    vi: 'Thời điểm kết thúc phải ở sau bây giờ và trong vòng 7 ngày.',
    en: 'The end must lie ahead, and within 7 days.',
  },
  'command.silencedAbove': {
    status: 409,
    vi: 'Loa đang dừng theo lệnh của {area}. Đề nghị nơi ra lệnh cho phát lại.',
    en: 'The loudspeakers are silent by order of {area}. Ask that office to resume.',
  },
  'command.confirm': {
    status: 428,
    vi: 'Lệnh này cần xác nhận. Mã 6 chữ số đã gửi vào hộp thông báo và thư điện tử của anh/chị, dùng được trong {minutes} phút.',
    en: 'This command has to be confirmed. A code of 6 digits was sent to your inbox and e-mail; it is valid for {minutes} minutes.',
  },
  'command.codeWrong': {
    status: 403,
    vi: 'Mã xác nhận chưa đúng. Còn {left} lần thử.',
    en: 'Wrong code. {left} attempts are left.',
  },
  'command.codeInvalid': {
    status: 403,
    vi: 'Mã xác nhận đã hết hạn, đã dùng hoặc không phải cho lệnh này. Gửi lại lệnh để nhận mã mới.',
    en: 'The code has expired, was used, or is not for this command. Send the command again to get a new one.',
  },
  'command.tooManyCodes': {
    status: 429,
    vi: 'Đã xin quá nhiều mã xác nhận. Thử lại sau {minutes} phút.',
    en: 'Too many codes were asked for. Try again in {minutes} minutes.',
  },
});

/** Alarms about what devices say of commands. */
defineProblems({
  'device.commandForeign': {
    status: 422,
    vi: 'Thiết bị trả lời một lệnh không gửi cho nó.',
    en: 'The device answered a command that was not for it.',
  },
});
