import { defineProblems } from '../../platform/i18n/index.js';

export const declarationProblem = defineProblems({
  'declaration.unknown': {
    status: 404,
    vi: 'Không có khai báo này hoặc tài khoản không được xem.',
    en: 'No such declaration, or none that this account may see.',
  },
  'declaration.hamletUnknown': {
    status: 404,
    vi: 'Không có thôn, ấp này vào ngày đó, hoặc không thuộc địa bàn của tài khoản.',
    en: 'No such hamlet on that day, or none of the area of this account.',
  },
  'declaration.itemUnknown': {
    status: 422,
    vi: 'Bài này chưa được duyệt, đã thu hồi hoặc không dành cho thôn, ấp này.',
    en: 'This item is not approved, was withdrawn, or is not for this hamlet.',
  },
  'declaration.outsidePlan': {
    status: 422,
    vi: 'Bài này không thuộc kế hoạch nào cho thôn, ấp này vào ngày đó.',
    en: 'This item serves no plan for this hamlet on that day.',
  },
  'declaration.dayAhead': {
    status: 422,
    vi: 'Ngày này chưa tới. Chỉ khai báo việc đã làm.',
    en: 'That day has not come. Only what was done is declared.',
  },
  'declaration.beforeApproval': {
    status: 422,
    vi: 'Ngày này bài chưa được duyệt (duyệt ngày {day}).',
    en: 'On that day the item was not approved yet (approved on {day}).',
  },
  'declaration.twice': {
    status: 409,
    vi: 'Đã có khai báo cho bài này ở thôn, ấp này ngày {day}, do {name} nhập.',
    en: 'This item is declared for this hamlet on {day} already, entered by {name}.',
  },
});
