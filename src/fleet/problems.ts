import { defineProblems } from '../platform/i18n/index.js';

export const fleetProblem = defineProblems({
  'cluster.unknown': {
    status: 404,
    vi: 'Không có cụm loa này hoặc tài khoản không được xem.',
    en: 'No such cluster, or none that this account may see.',
  },
  'cluster.importInvalid': {
    status: 422,
    vi: 'Tệp cụm loa có lỗi, chưa nhập dòng nào. Sửa các dòng được nêu rồi nhập lại.',
    en: 'The file of clusters has errors; nothing was imported. Correct the listed lines and import again.',
  },
  'group.unknown': {
    status: 404,
    vi: 'Không có nhóm loa này hoặc tài khoản không được xem.',
    en: 'No such group of clusters, or none that this account may see.',
  },
  'group.areaUnknown': {
    status: 422,
    vi: 'Không có địa bàn này hoặc tài khoản không được xem. Chọn địa bàn khác cho nhóm loa.',
    en: 'No such area, or none that this account may see. Choose another one for the group.',
  },
  'group.nameTaken': {
    status: 409,
    vi: 'Địa bàn đã có nhóm loa mang tên này. Đặt tên khác.',
    en: 'The area has a group of this name already. Choose another name.',
  },
  'group.clustersRefused': {
    status: 422,
    vi: 'Có cụm loa không thể vào nhóm này. Bỏ các cụm được nêu rồi lưu lại.',
    en: 'Some clusters cannot be in this group. Remove the listed ones and save again.',
  },
  'group.clusterElsewhere': {
    status: 422,
    vi: 'Cụm loa nằm ngoài địa bàn của nhóm.',
    en: 'The cluster lies outside the area of the group.',
  },
  'claim.unknown': {
    status: 403,
    vi: 'Mã lắp đặt không đúng. Quét lại mã QR hoặc xin mã mới.',
    en: 'The claim is wrong. Scan the QR code again or ask for a new one.',
  },
  'claim.used': {
    status: 409,
    vi: 'Mã lắp đặt đã được dùng cho thiết bị khác. Xin mã mới.',
    en: 'The claim was used by another device. Ask for a new one.',
  },
  'claim.expired': {
    status: 410,
    vi: 'Mã lắp đặt đã hết hạn. Xin mã mới.',
    en: 'The claim has expired. Ask for a new one.',
  },
  'claim.proofWrong': {
    status: 403,
    vi: 'Thiết bị không chứng minh được khóa của mình.',
    en: 'The device did not prove that it owns its key.',
  },
  'claim.simulatedRefused': {
    status: 403,
    vi: 'Đây không phải cơ sở dữ liệu tập dượt nên không nhận thiết bị mô phỏng.',
    en: 'This is not a demo database: simulated devices are refused.',
  },
  'device.unauthorized': {
    status: 401,
    vi: 'Thiết bị chưa được phép hoặc đã bị thu hồi.',
    en: 'The device is not enrolled or was revoked.',
  },
});

/** What can be wrong with one line of an import of clusters; the line is named beside it. */
defineProblems({
  'cluster.codeMissing': {
    status: 422,
    vi: 'Thiếu mã cụm loa hoặc mã có ký tự lạ.',
    en: 'The code is missing or has strange letters.',
  },
  'cluster.codeTwice': { status: 422, vi: 'Mã cụm loa bị lặp trong tệp.', en: 'The code stands twice in the file.' },
  'cluster.codeTaken': {
    status: 422,
    vi: 'Mã cụm loa đã thuộc về địa bàn khác.',
    en: 'The code belongs to a cluster of another area.',
  },
  'cluster.nameMissing': {
    status: 422,
    vi: 'Thiếu tên cụm loa hoặc tên quá dài.',
    en: 'The name is missing or too long.',
  },
  'cluster.areaMissing': {
    status: 422,
    vi: 'Không tìm thấy địa bàn của cụm loa.',
    en: 'The area of the cluster does not exist.',
  },
  'cluster.hamletMissing': { status: 422, vi: 'Có mã ấp không tồn tại.', en: 'A hamlet does not exist.' },
  'cluster.placeWrong': {
    status: 422,
    vi: 'Tọa độ chưa đúng: cần cả vĩ độ và kinh độ, hoặc để trống cả hai.',
    en: 'Wrong coordinates: give both latitude and longitude, or neither.',
  },
  'cluster.hornsWrong': {
    status: 422,
    vi: 'Số loa phải là số nguyên từ 0 đến 100.',
    en: 'The number of horns must be a whole number from 0 to 100.',
  },
  'cluster.kindWrong': {
    status: 422,
    vi: 'Loại điểm chỉ nhận loudspeakers (cụm loa) hoặc board (bảng tin điện tử).',
    en: 'The kind of a place is loudspeakers or board.',
  },
  'cluster.csvUnreadable': {
    status: 422,
    vi: 'Không đọc được tệp CSV (UTF-8, dấu phẩy, có dòng tiêu đề).',
    en: 'The CSV file cannot be read (UTF-8, commas, with a header line).',
  },
});

/** Alarms about devices. The codes of `devices/protocol` (REPORT_CODES) with `device.` before them, and our own. */
defineProblems({
  'device.keysRejected': { status: 422, vi: 'Thiết bị từ chối bộ khóa.', en: 'The device refused a key set.' },
  'device.planRejected': {
    status: 422,
    vi: 'Thiết bị từ chối một lịch phát không hợp lệ: có thể có kẻ giả mạo.',
    en: 'The device refused a plan that is not genuine: perhaps an impostor.',
  },
  'device.ackRejected': {
    status: 422,
    vi: 'Thiết bị từ chối một xác nhận của máy chủ.',
    en: 'The device refused an acknowledgement.',
  },
  'device.timeRejected': {
    status: 422,
    vi: 'Thiết bị từ chối giờ không có chữ ký đúng.',
    en: 'The device refused a time without a right signature.',
  },
  'device.partRejected': {
    status: 422,
    vi: 'Thiết bị không đọc được một phần lịch.',
    en: 'The device could not read a part of its plan.',
  },
  'device.assetRejected': { status: 422, vi: 'Thiết bị nhận âm thanh hỏng.', en: 'The device received damaged audio.' },
  'device.stateMalformed': {
    status: 422,
    vi: 'Thiết bị gửi trạng thái không đọc được.',
    en: 'The device sent a state that cannot be read.',
  },
  'device.planMalformed': {
    status: 422,
    vi: 'Thiết bị gửi thông báo đã nhận lịch không đọc được.',
    en: 'The device sent an unreadable word about its plan.',
  },
});
