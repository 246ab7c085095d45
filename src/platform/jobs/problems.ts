import { defineProblems } from '../i18n/index.js';

export const jobProblem = defineProblems({
  'job.unknown': { status: 404, vi: 'Không có công việc này.', en: 'There is no such job.' },
  'job.failed': {
    status: 500,
    vi: 'Công việc không hoàn thành được. Thử lại; nếu vẫn lỗi, báo quản trị.',
    en: 'The job could not be finished. Try again; if it persists, tell the administrator.',
  },
  'job.lost': {
    status: 500,
    vi: 'Máy chủ đã dừng giữa chừng khi đang làm việc này. Hãy làm lại.',
    en: 'The service stopped in the middle of this job. Start it again.',
  },
});
