import { defineProblems } from '../platform/i18n/index.js';

export const planProblem = defineProblems({
  'plan.unknown': {
    status: 404,
    vi: 'Không có kế hoạch này hoặc tài khoản không được xem.',
    en: 'No such plan, or none that this account may see.',
  },
  'plan.periodWrong': {
    status: 422,
    vi: 'Ngày kết thúc của kế hoạch phải sau ngày bắt đầu.',
    en: 'The plan must end after it begins.',
  },
});
