import type { ApprovalAction, Status, Who } from './approval.js';

export interface Word {
  readonly vi: string;
  readonly en: string;
}

export const STATUS_WORDS: Readonly<Record<Status, Word>> = {
  draft: { vi: 'nháp', en: 'draft' },
  pending: { vi: 'chờ duyệt', en: 'waits for approval' },
  provisional: { vi: 'phát trước, duyệt sau', en: 'on air, to be judged afterwards' },
  approved: { vi: 'đã duyệt', en: 'approved' },
  returned: { vi: 'trả lại', en: 'returned with a reason' },
  refused: { vi: 'từ chối', en: 'refused' },
  withdrawn: { vi: 'thu hồi', en: 'withdrawn' },
  expired: { vi: 'hết hiệu lực', en: 'no longer valid' },
};

export const ACTION_WORDS: Readonly<Record<ApprovalAction, Word>> = {
  submit: { vi: 'trình duyệt', en: 'ask for approval' },
  approve: { vi: 'duyệt', en: 'approve' },
  correct: { vi: 'sửa và duyệt', en: 'correct words; a new version waits' },
  return: { vi: 'trả lại', en: 'send back' },
  refuse: { vi: 'từ chối', en: 'refuse' },
  withdraw: { vi: 'thu hồi', en: 'withdraw' },
  replace: { vi: 'thay bằng bản mới', en: 'edit; a new draft takes its place' },
  airAtOnce: { vi: 'phát ngay (khẩn cấp)', en: 'air at once, in an emergency' },
  expire: { vi: 'hết hiệu lực', en: 'the last day on air is over' },
  lapse: { vi: 'quá hạn hậu kiểm', en: 'nobody judged it in time' },
};

export const WHO_WORDS: Readonly<Record<Who, Word>> = {
  writer: { vi: 'người biên soạn', en: 'who may write here' },
  otherApprover: {
    vi: 'người duyệt, không phải tác giả',
    en: 'who may approve here, for themselves or by delegation, and made nothing of it',
  },
  approver: { vi: 'người duyệt', en: 'who may approve here, for themselves or by delegation' },
  writerOrApprover: { vi: 'người biên soạn hoặc người duyệt', en: 'who may write or approve here' },
  dutyOfficer: { vi: 'người trực', en: 'named by the emergency policy of the area' },
  clock: { vi: 'hệ thống, theo giờ', en: 'the service, at its time' },
};
