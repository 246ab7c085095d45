import { defineProblems } from '../platform/i18n/index.js';

export const reportProblem = defineProblems({
  'report.packUnknown': {
    status: 404,
    vi: 'Không có hồ sơ nghiệm thu này hoặc tài khoản không được xem.',
    en: 'No such evidence pack, or none that this account may see.',
  },
  'report.packNotReady': {
    status: 409,
    vi: 'Hồ sơ chưa lập xong. Chờ xong rồi tải về.',
    en: 'The pack is not ready yet. Download it when it is.',
  },
  'report.periodWrong': {
    status: 422,
    vi: 'Kỳ hồ sơ phải nằm trong thời gian của kế hoạch, ngày đầu không sau ngày cuối.',
    en: 'The period must lie within that of the plan, and not end before it begins.',
  },
  'report.areaOutside': {
    status: 422,
    vi: 'Địa bàn không thuộc kế hoạch này.',
    en: 'The area is not part of the plan.',
  },
  'report.evidenceLost': {
    status: 409,
    vi: 'Một lô xác nhận phát không còn đủ để chứng minh chữ ký của thiết bị. Báo quản trị hệ thống.',
    en: 'A run of receipts is no longer here whole, so that its signature proves nothing. Tell the administrator.',
  },
  'report.verifierMissing': {
    status: 404,
    vi: 'Chưa dựng công cụ kiểm tra. Chạy npm run build.',
    en: 'The verifier was not built. Run npm run build.',
  },
});
