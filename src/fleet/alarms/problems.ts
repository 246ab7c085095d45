import { defineProblems } from '../../platform/i18n/index.js';

export const alarmProblem = defineProblems({
  'alarm.unknown': {
    status: 404,
    vi: 'Không có cảnh báo này hoặc tài khoản không được xử lý.',
    en: 'No such alarm, or none that this account may settle.',
  },
});

/** Alarms about devices that this part of the house raises; those about what devices refuse stand in `fleet/problems.ts`. */
defineProblems({
  'device.commandRejected': {
    status: 422,
    vi: 'Thiết bị từ chối một lệnh không hợp lệ: có thể có kẻ giả mạo.',
    en: 'The device refused a command that is not genuine: perhaps an impostor.',
  },
  'device.activeRejected': {
    status: 422,
    vi: 'Thiết bị từ chối danh sách phát khẩn không hợp lệ: có thể có kẻ giả mạo.',
    en: 'The device refused a list of active emergencies that is not genuine: perhaps an impostor.',
  },
  'device.identityRejected': {
    status: 422,
    vi: 'Thiết bị từ chối địa bàn mới được giao.',
    en: 'The device refused an identity that it was given.',
  },
  'device.updateRejected': {
    status: 422,
    vi: 'Thiết bị từ chối bản cập nhật phần mềm.',
    en: 'The device refused an update of its program.',
  },
  'device.reportsMalformed': {
    status: 422,
    vi: 'Thiết bị gửi báo cáo không đọc được.',
    en: 'The device sent a report that cannot be read.',
  },
  'device.telemetryMalformed': {
    status: 422,
    vi: 'Thiết bị gửi số đo không đọc được.',
    en: 'The device sent telemetry that cannot be read.',
  },
  'device.eventsMalformed': {
    status: 422,
    vi: 'Thiết bị gửi sự kiện không đọc được.',
    en: 'The device sent an event that cannot be read.',
  },
  'device.commandsMalformed': {
    status: 422,
    vi: 'Thiết bị gửi trả lời lệnh không đọc được.',
    en: 'The device sent an answer to a command that cannot be read.',
  },
  'device.updateMalformed': {
    status: 422,
    vi: 'Thiết bị gửi trạng thái cập nhật không đọc được.',
    en: 'The device sent the state of an update that cannot be read.',
  },
  'device.wishesMalformed': {
    status: 422,
    vi: 'Thiết bị gửi yêu cầu âm thanh không đọc được.',
    en: 'The device sent a wish for audio that cannot be read.',
  },
  'device.timeMalformed': {
    status: 422,
    vi: 'Thiết bị hỏi giờ bằng tin không đọc được.',
    en: 'The device asked for the time with a message that cannot be read.',
  },
  'device.flood': {
    status: 429,
    vi: 'Thiết bị gửi quá nhiều tin; phần vượt quá bị bỏ.',
    en: 'The device sends too much; what is beyond the limit is dropped.',
  },
  'device.cloned': {
    status: 409,
    vi: 'Hai thiết bị cùng dùng một danh tính: có thể thẻ nhớ bị sao chép. Kiểm tra rồi thu hồi hoặc đổi khóa.',
    en: 'Two devices use one identity: perhaps a cloned card. Look at it, then revoke the controller or change its key.',
  },
  'device.lineSilent': {
    status: 422,
    vi: 'Thiết bị phát nhưng đường loa không có tín hiệu.',
    en: 'The device played and the loudspeaker line carried nothing.',
  },
  'device.stopButton': {
    status: 422,
    vi: 'Có người bấm nút dừng tại thiết bị.',
    en: 'Somebody pressed the stop button at the device.',
  },
  'sim.expiring': { status: 422, vi: 'Gói cước SIM sắp hết hạn.', en: 'The package of the SIM ends soon.' },
  'sim.quota': { status: 422, vi: 'SIM sắp dùng hết dung lượng.', en: 'The quota of the SIM is nearly used up.' },
});
