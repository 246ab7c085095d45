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
