import { defineProblems } from '../platform/i18n/index.js';

export const dispatchProblem = defineProblems({
  'asset.unknown': { status: 404, vi: 'Không có tệp âm thanh này.', en: 'There is no such asset.' },
});
