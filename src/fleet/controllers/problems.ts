import { defineProblems } from '../../platform/i18n/index.js';

export const controllerProblem = defineProblems({
  'controller.unknown': {
    status: 404,
    vi: 'Không có bộ điều khiển này hoặc tài khoản không được xem.',
    en: 'No such controller, or none that this account may see.',
  },
  'controller.revoked': {
    status: 409,
    vi: 'Bộ điều khiển này đã bị thu hồi.',
    en: 'This controller was revoked already.',
  },
});
