import { defineProblems } from '../../platform/i18n/index.js';

export const archiveProblem = defineProblems({
  'library.archiveWrong': {
    status: 422,
    vi: 'Nội dung trong tệp xuất đã bị sửa hoặc hỏng, không khớp mã kiểm tra. Xuất lại từ nơi gửi.',
    en: 'The content in the export was changed or damaged: it does not match its hashes. Export it again where it comes from.',
  },
});
