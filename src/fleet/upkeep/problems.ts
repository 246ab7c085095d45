import { defineProblems } from '../../platform/i18n/index.js';

export const upkeepProblem = defineProblems({
  'upkeep.unknown': {
    status: 404,
    vi: 'Không có dòng nhật ký này hoặc tài khoản không được xem.',
    en: 'No such line of the log, or none that this account may see.',
  },
  'upkeep.faultElsewhere': {
    status: 422,
    vi: 'Sự cố này không thuộc cụm loa đã chọn.',
    en: 'The fault is not of this cluster.',
  },
  'upkeep.dayAhead': {
    status: 422,
    vi: 'Ngày làm việc ở tương lai. Ghi sau khi làm xong.',
    en: 'The day of the work lies ahead. Write it down when it is done.',
  },
});
