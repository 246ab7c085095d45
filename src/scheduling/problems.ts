import { defineProblems } from '../platform/i18n/index.js';

export const scheduleProblem = defineProblems({
  'schedule.unknown': {
    status: 404,
    vi: 'Không có mục lịch phát này hoặc tài khoản không được xem.',
    en: 'No such schedule entry, or none that this account may see.',
  },
  'schedule.past': {
    status: 422,
    vi: 'Giờ phát đã qua. Chọn ngày giờ sau thời điểm này.',
    en: 'That time has passed. Choose a later day or time.',
  },
  'schedule.spanWrong': {
    status: 422,
    vi: 'Ngày cuối sớm hơn ngày đầu. Sửa lại khoảng ngày.',
    en: 'The last day is before the first. Correct the dates.',
  },
  'schedule.never': {
    status: 422,
    vi: 'Lịch này không rơi vào ngày nào. Chọn ít nhất một thứ có trong khoảng ngày.',
    en: 'This never occurs. Choose at least one weekday that lies within the dates.',
  },
  'schedule.tooLong': {
    status: 422,
    vi: 'Lịch dài hoặc xa quá {years} năm. Chọn khoảng ngày ngắn hơn, hoặc để trống ngày cuối.',
    en: 'More than {years} years long or ahead. Choose a shorter span, or leave the last day open.',
  },
  'schedule.zoneUnknown': {
    status: 422,
    vi: 'Không có múi giờ này. Dùng tên như Asia/Ho_Chi_Minh.',
    en: 'No such time zone. Use a name such as Asia/Ho_Chi_Minh.',
  },
  'schedule.itemNotApproved': {
    status: 422,
    vi: 'Nội dung này chưa được duyệt, hoặc không phải của địa bàn này hay cấp trên. Gửi duyệt rồi xếp lịch.',
    en: 'This content is not approved, or is not of this area or one above it. Have it approved, then schedule it.',
  },
  'schedule.bulkRefused': {
    status: 422,
    vi: 'Có mục chưa hợp lệ nên chưa xếp lịch mục nào. Sửa các mục được nêu rồi gửi lại.',
    en: 'Some entries are not valid; none was scheduled. Correct the listed ones and send all again.',
  },
  'schedule.previewTooLarge': {
    status: 422,
    vi: 'Khoảng xem có quá nhiều lượt phát. Chọn địa bàn nhỏ hơn hoặc ít ngày hơn.',
    en: 'Too many plays to show at once. Choose a smaller area or fewer days.',
  },
});
