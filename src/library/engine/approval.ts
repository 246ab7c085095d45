/** nháp / chờ duyệt / đã duyệt / trả lại / từ chối / thu hồi */
export const STATUSES = ['draft', 'pending', 'approved', 'returned', 'refused', 'withdrawn'] as const;
export type Status = (typeof STATUSES)[number];

export const APPROVAL_ACTIONS = ['submit', 'approve', 'return', 'refuse', 'withdraw'] as const;
export type ApprovalAction = (typeof APPROVAL_ACTIONS)[number];

/** A version begins here: nothing is approved by default (case 5). */
export const FIRST_STATUS: Status = 'draft';

/**
 * Whose step it is. `otherApprover`: may approve here and made nothing of this version. There is no exception, so that an
 * administrator, who may do everything, cannot approve their own work either (case 5).
 */
export type Who = 'writer' | 'otherApprover' | 'approver' | 'writerOrApprover';

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
  { from: 'pending', action: 'withdraw', to: 'withdrawn', who: 'writerOrApprover' },
  // Taking off the air is the safe direction: whoever answers for the station may, also for their own work.
  { from: 'approved', action: 'withdraw', to: 'withdrawn', who: 'approver' },
];

/** What is true of the person who acts, for the version in question. */
export interface Standing {
  readonly mayWrite: boolean;
  readonly mayApprove: boolean;
  /** Made this version, or the text or the recording that it carries. */
  readonly isAuthor: boolean;
}

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

function hasRight(who: Who, { mayWrite, mayApprove }: Standing): boolean {
  switch (who) {
    case 'writer':
      return mayWrite;
    case 'approver':
    case 'otherApprover':
      return mayApprove;
    case 'writerOrApprover':
      return mayWrite || mayApprove;
  }
}
