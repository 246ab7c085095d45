import { defineProblems } from '../i18n/index.js';

export const linkProblem = defineProblems({
  'link.tooFast': {
    status: 429,
    vi: 'Gửi quá nhanh. Chờ một phút rồi gửi lại.',
    en: 'Too many at once. Wait a minute, then send again.',
  },
});
