import { defineProblems } from '../platform/i18n/index.js';

/** Quarantine reasons share the registry: screens, alarms and documentation use the same codes and words. */
export const receiptProblem = defineProblems({
  'coverage.periodWrong': {
    status: 422,
    vi: 'Ngày cuối của thời gian xem phải không sớm hơn ngày đầu.',
    en: 'The period must end on or after the day on which it begins.',
  },
  'coverage.cellUnknown': {
    status: 404,
    vi: 'Chỉ tiêu này không có ô của bài và ấp đó.',
    en: 'This line has no cell of that item and hamlet.',
  },
  'coverage.tableTooLong': {
    status: 422,
    vi: 'Bảng quá dài cho một tệp: chọn thời gian hoặc kế hoạch hẹp hơn.',
    en: 'The table is too long for one file: choose a shorter period or a smaller plan.',
  },
  'coverage.cursorUnknown': {
    status: 422,
    vi: 'Vị trí trang không đúng: mở lại từ trang đầu.',
    en: 'No such page: begin again with the first one.',
  },
  'receipt.malformed': { status: 422, vi: 'Xác nhận phát không đọc được.', en: 'The receipt cannot be read.' },
  'receipt.foreignDevice': {
    status: 422,
    vi: 'Thiết bị gửi xác nhận phát dưới tên thiết bị khác.',
    en: 'A device sent receipts in the name of another.',
  },
  'receipt.unknownDevice': {
    status: 422,
    vi: 'Xác nhận phát của thiết bị chưa đăng ký.',
    en: 'A receipt of a device that is not enrolled.',
  },
  'receipt.wrongSignature': {
    status: 422,
    vi: 'Chữ ký của xác nhận phát không đúng.',
    en: 'The signature of the receipts is wrong.',
  },
  'receipt.wrongChain': {
    status: 422,
    vi: 'Chuỗi xác nhận phát không khớp.',
    en: 'The chain of the receipts does not fit.',
  },
  'receipt.simulatedRefused': {
    status: 422,
    vi: 'Xác nhận phát mô phỏng bị từ chối: đây là dữ liệu thật.',
    en: 'A simulated receipt was refused: this data is real.',
  },
  'receipt.absurd': { status: 422, vi: 'Xác nhận phát tự mâu thuẫn.', en: 'The receipt contradicts itself.' },
  'receipt.fromFuture': {
    status: 422,
    vi: 'Xác nhận phát có thời điểm ở tương lai.',
    en: 'The receipt is from the future.',
  },
  'receipt.beforeEnrolment': {
    status: 422,
    vi: 'Xác nhận cho lượt phát có trước khi thiết bị được đăng ký.',
    en: 'A receipt for a play from before the device was enrolled.',
  },
  'receipt.afterRevocation': {
    status: 422,
    vi: 'Xác nhận phát có sau khi thiết bị bị thu hồi hoặc thay thế.',
    en: 'A receipt from after the device was revoked or replaced.',
  },
  'receipt.unknownPlay': {
    status: 422,
    vi: 'Xác nhận cho lượt phát không có trong lịch đã gửi.',
    en: 'A receipt for a play that the device was never told.',
  },
  'receipt.sequenceReused': {
    status: 422,
    vi: 'Hai xác nhận khác nhau mang cùng một số thứ tự: có thể thẻ nhớ bị sao chép.',
    en: 'Two different receipts carry the same number: perhaps a cloned card.',
  },
  'receipt.secondFinal': {
    status: 422,
    vi: 'Một lượt phát có hai xác nhận cuối cùng.',
    en: 'One play has two final receipts.',
  },
  'receipt.doubtInUse': {
    status: 422,
    vi: 'Thiết bị còn đang dùng: thu hồi khóa của thiết bị trước.',
    en: 'The controller is in use: revoke it first.',
  },
  'receipt.playUnknown': {
    status: 404,
    vi: 'Không có lượt phát này hoặc tài khoản không được xem.',
    en: 'No such play, or none that this account may see.',
  },
  'receipt.chainGap': {
    status: 422,
    vi: 'Thiếu xác nhận phát ở giữa chuỗi.',
    en: 'Receipts are missing in the middle of the chain.',
  },
});
