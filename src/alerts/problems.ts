import { defineProblems } from '../platform/i18n/index.js';

export const alertProblem = defineProblems({
  'alert.unknown': {
    status: 404,
    vi: 'Không có lần phát khẩn cấp này hoặc tài khoản không được xem.',
    en: 'No such emergency, or none that this account may see.',
  },
  'alert.notOnDuty': {
    status: 403,
    vi: 'Tài khoản này không có tên trong quy định phát khẩn cấp của địa bàn. Gọi người trực được phân công.',
    en: 'The emergency policy of the area does not name this account. Call the duty officer.',
  },
  'alert.onlyFreeText': {
    status: 403,
    vi: 'Quy định của địa bàn không cho người trực tự phát nội dung đã duyệt. Nhờ người duyệt xếp lịch.',
    en: 'The policy of the area does not let duty officers air approved content by themselves. Ask an approver to schedule it.',
  },
  'alert.contentElsewhere': {
    status: 422,
    vi: 'Nội dung này thuộc địa bàn khác nên không phát được ở đây.',
    en: 'This content belongs to another area and cannot be aired here.',
  },
  'alert.heardOther': {
    status: 409,
    vi: 'Nội dung đã thay đổi sau khi anh/chị nghe. Nghe lại bản mới rồi phát.',
    en: 'The content has changed since you heard it. Hear the new version, then air it.',
  },
});
