/** nháp / chờ duyệt / phát trước, duyệt sau / đã duyệt / trả lại / từ chối / thu hồi / hết hạn */
export const STATUSES = [
  'draft',
  'pending',
  'provisional',
  'approved',
  'returned',
  'refused',
  'withdrawn',
  'expired',
] as const;
export type Status = (typeof STATUSES)[number];

export const APPROVAL_ACTIONS = [
  'submit',
  'approve',
  'correct',
  'return',
  'refuse',
  'withdraw',
  'replace',
  'airAtOnce',
  'expire',
  'lapse',
] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

/** A version begins here: nothing is approved by default (case 5). */
export const FIRST_STATUS: Status = 'draft';

/**
 * Whose step it is. `otherApprover`: may approve here, for themselves or by delegation, and made nothing of this version.
 * There is no exception, so that an administrator, who may do everything, cannot approve their own work either (case 5).
 * `dutyOfficer`: named by the emergency policy of the area. `clock`: nobody's; the service does it at its time.
 */
export type Who = 'writer' | 'otherApprover' | 'approver' | 'writerOrApprover' | 'dutyOfficer' | 'clock';

export interface Transition {
  readonly from: Status;
  readonly action: ApprovalAction;
  readonly to: Status;
  readonly who: Who;
}

export const TRANSITIONS: readonly Transition[] = [
  { from: 'draft', action: 'submit', to: 'pending', who: 'writer' },
  // Sent back for something outside the version, e.g. to wait for a date; an edit would be a new version.
  { from: 'returned', action: 'submit', to: 'pending', who: 'writer' },
  { from: 'pending', action: 'approve', to: 'approved', who: 'otherApprover' },
  { from: 'pending', action: 'return', to: 'returned', who: 'otherApprover' },
  { from: 'pending', action: 'refuse', to: 'refused', who: 'otherApprover' },
  // Sửa và duyệt: the corrected words are a new, pending version; this one makes room for it.
  { from: 'pending', action: 'correct', to: 'withdrawn', who: 'otherApprover' },
  // An approver must not go on reading what its author has replaced.
  { from: 'pending', action: 'replace', to: 'withdrawn', who: 'writer' },
  { from: 'pending', action: 'withdraw', to: 'withdrawn', who: 'writerOrApprover' },
  // Hậu kiểm: an emergency goes on air first and is judged by a deadline.
  { from: 'draft', action: 'airAtOnce', to: 'provisional', who: 'dutyOfficer' },
  { from: 'pending', action: 'airAtOnce', to: 'provisional', who: 'dutyOfficer' },
  { from: 'provisional', action: 'approve', to: 'approved', who: 'otherApprover' },
  { from: 'provisional', action: 'refuse', to: 'withdrawn', who: 'otherApprover' },
  { from: 'provisional', action: 'withdraw', to: 'withdrawn', who: 'writerOrApprover' },
  { from: 'provisional', action: 'lapse', to: 'withdrawn', who: 'clock' },
  // Taking off the air is the safe direction: whoever answers for the station may, also for their own work.
  { from: 'approved', action: 'withdraw', to: 'withdrawn', who: 'approver' },
  { from: 'approved', action: 'expire', to: 'expired', who: 'clock' },
];

/** What is true of the one who acts, for the version in question. */
export interface Standing {
  readonly mayWrite: boolean;
  /** By a role, or by a delegation that holds now. */
  readonly mayApprove: boolean;
  /** Made this version, or the text or the recording that it carries; or acts for somebody who did. */
  readonly isAuthor: boolean;
  /** Named by the emergency policy that holds here. */
  readonly isDutyOfficer: boolean;
  /** The service itself, because it is time. */
  readonly isClock: boolean;
}

/** What is true beside the rights that a role gives. */
export interface Circumstances {
  /** Somebody who may approve here has handed that on to them (ủy quyền duyệt), and it holds now. */
  readonly isDelegate: boolean;
  readonly isAuthor: boolean;
  readonly isDutyOfficer: boolean;
}

/** @param may whether a role of the person allows the action at the area of the content */
export const standingOf = (may: (action: string) => boolean, circumstances: Circumstances): Standing => ({
  mayWrite: may('library.write'),
  mayApprove: may('library.approve') || circumstances.isDelegate,
  isAuthor: circumstances.isAuthor,
  isDutyOfficer: circumstances.isDutyOfficer,
  isClock: false,
});

export const CLOCK_STANDING: Standing = {
  mayWrite: false,
  mayApprove: false,
  isAuthor: false,
  isDutyOfficer: false,
  isClock: true,
};

export type Decision =
  | { readonly allowed: true; readonly to: Status }
  | { readonly allowed: false; readonly because: 'status' | 'right' | 'ownWork' };

export function decide(from: Status, action: ApprovalAction, standing: Standing): Decision {
  const transition = TRANSITIONS.find((each) => each.from === from && each.action === action);
  if (!transition) return { allowed: false, because: 'status' };
  if (!hasRight(transition.who, standing)) return { allowed: false, because: 'right' };
  if (transition.who === 'otherApprover' && standing.isAuthor) return { allowed: false, because: 'ownWork' };
  return { allowed: true, to: transition.to };
}

function hasRight(who: Who, standing: Standing): boolean {
  switch (who) {
    case 'writer':
      return standing.mayWrite;
    case 'approver':
    case 'otherApprover':
      return standing.mayApprove;
    case 'writerOrApprover':
      return standing.mayWrite || standing.mayApprove;
    case 'dutyOfficer':
      return standing.isDutyOfficer;
    case 'clock':
      return standing.isClock;
  }
}

/** What may go on air: approved, or aired first under an emergency policy and not yet judged. */
export const ON_AIR: readonly Status[] = ['approved', 'provisional'];
