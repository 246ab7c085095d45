import { defineProblems } from '../../platform/i18n/index.js';

export const makeUpProblem = defineProblems({
  'makeUp.areaOutside': {
    status: 422,
    vi: 'Địa bàn này không thuộc địa bàn của kế hoạch.',
    en: 'This area does not lie in the area of the plan.',
  },
  'makeUp.refused': {
    status: 422,
    vi: 'Chưa xếp lịch phát bù: có mục không còn đúng. Xem lại đề xuất.',
    en: 'No make-up play was scheduled: some are not right any more. Look at the proposal again.',
  },
  'makeUp.notMissing': {
    status: 422,
    vi: 'Có thôn, ấp không còn thiếu bài này.',
    en: 'One of the hamlets does not miss this item.',
  },
  'makeUp.wrongClusters': {
    status: 422,
    vi: 'Cụm loa không khớp với nơi còn thiếu bài này.',
    en: 'The clusters are not those that still owe this item.',
  },
  'makeUp.pending': {
    status: 409,
    vi: 'Đã có lịch phát bù đang chờ phát cho nơi này. Xem lại đề xuất.',
    en: 'Make-up plays are scheduled there already. Look at the proposal again.',
  },
});
