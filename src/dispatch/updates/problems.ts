import { defineProblems } from '../../platform/i18n/index.js';

export const updateProblem = defineProblems({
  'update.releaseUnknown': {
    status: 404,
    vi: 'Không có bản phần mềm này.',
    en: 'There is no such release.',
  },
  'update.numberTaken': {
    status: 409,
    vi: 'Số bản phải lớn hơn {last}, là số của bản mới nhất đã tải lên.',
    en: 'The number has to be higher than {last}, that of the newest release.',
  },
  'update.bundleEmpty': {
    status: 422,
    vi: 'Tệp phần mềm trống. Chọn tệp khác rồi tải lại.',
    en: 'The bundle is empty. Choose another file and send it again.',
  },
  'update.bundleTooLarge': {
    status: 413,
    vi: 'Tệp phần mềm lớn hơn {most} MB.',
    en: 'The bundle is larger than {most} MB.',
  },
  'update.bundleBroken': {
    status: 400,
    vi: 'Tệp phần mềm chưa tải lên hết. Gửi lại.',
    en: 'The upload broke off. Send the bundle again.',
  },
  'update.rolloutUnknown': {
    status: 404,
    vi: 'Không có đợt cập nhật này hoặc tài khoản không được xem.',
    en: 'No such rollout, or none that this account may see.',
  },
  'update.rolloutOpen': {
    status: 409,
    vi: 'Ở địa bàn này đang có đợt cập nhật khác cho cùng loại thiết bị. Chờ xong hoặc hủy đợt đó trước.',
    en: 'Another rollout to the same models is open here. Let it end, or cancel it first.',
  },
  'update.rolloutOver': {
    status: 409,
    vi: 'Đợt cập nhật đã xong hoặc đã hủy.',
    en: 'The rollout is over.',
  },
  'update.notHalted': {
    status: 409,
    vi: 'Đợt cập nhật đang chạy, không cần cho chạy tiếp.',
    en: 'The rollout is running already.',
  },
  'update.nobody': {
    status: 422,
    vi: 'Không có thiết bị nào ở đây cần bản này và tự cập nhật được.',
    en: 'No device here needs this release and can be updated.',
  },
  'update.groupUnknown': {
    status: 422,
    vi: 'Nhóm loa không có cụm nào ở địa bàn này.',
    en: 'The group has no cluster in this area.',
  },
  'update.noFormer': {
    status: 409,
    vi: 'Trên máy chủ không có bản cũ hơn cho loại thiết bị này. Tải bản đó lên trước.',
    en: 'The service holds no older release for these models.',
  },
  'update.keyScope': {
    status: 409,
    vi: 'Khóa ký của máy chủ không có quyền đổi phần mềm thiết bị (phạm vi phải là toàn hệ thống).',
    en: 'The signing key of this service may not change programs: its scope is not everything.',
  },
});

/** Alarms about devices. */
defineProblems({
  'device.updateRolledBack': {
    status: 422,
    vi: 'Bản phần mềm mới không chạy được trên thiết bị; thiết bị đã về bản trước.',
    en: 'The new program did not hold on the device; it went back to the one before.',
  },
  'device.updateRefused': {
    status: 422,
    vi: 'Thiết bị không cài được bản phần mềm mới.',
    en: 'The device could not install the new program.',
  },
  'device.updateForeign': {
    status: 422,
    vi: 'Thiết bị báo về một bản phần mềm không giao cho nó.',
    en: 'The device spoke of a program that it was not ordered.',
  },
  'update.halted': {
    status: 422,
    vi: 'Đợt cập nhật phần mềm tự dừng: quá nhiều thiết bị phải về bản trước hoặc không cài được.',
    en: 'The rollout halted by itself: too many devices fell back or refused.',
  },
});
