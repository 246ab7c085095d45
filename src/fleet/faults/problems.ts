import { defineProblems } from '../../platform/i18n/index.js';

export const faultProblem = defineProblems({
  'fault.unknown': {
    status: 404,
    vi: 'Không có sự cố này hoặc tài khoản không được xem.',
    en: 'No such fault, or none that this account may see.',
  },
  'fault.closed': { status: 409, vi: 'Sự cố này đã đóng.', en: 'This fault is closed already.' },
  'fault.assigneeUnknown': {
    status: 422,
    vi: 'Người được giao không có quyền xử lý thiết bị ở địa bàn này. Chọn người khác.',
    en: 'This person may not look after devices in this area. Choose another one.',
  },
});
