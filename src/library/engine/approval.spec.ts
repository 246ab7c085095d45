import { describe, expect, it } from '@jest/globals';
import { APPROVAL_ACTIONS, decide, FIRST_STATUS, STATUSES, type Standing, TRANSITIONS } from './approval.js';
import { WHO_WORDS } from './approval-words.js';

const BOTH = [false, true] as const;
const standings: readonly Standing[] = BOTH.flatMap((mayWrite) =>
  BOTH.flatMap((mayApprove) =>
    BOTH.flatMap((isAuthor) =>
      BOTH.flatMap((isDutyOfficer) =>
        BOTH.map((isClock) => ({ mayWrite, mayApprove, isAuthor, isDutyOfficer, isClock })),
      ),
    ),
  ),
);
const everything = STATUSES.flatMap((from) =>
  APPROVAL_ACTIONS.flatMap((action) => standings.map((standing) => ({ from, action, standing }))),
);

/** The same rules written a second time, as a person would say them. */
function expected(from: string, action: string, standing: Standing): string {
  const { mayWrite, mayApprove, isAuthor, isDutyOfficer, isClock } = standing;
  const judged = (to: string) => (!mayApprove ? 'right' : isAuthor ? 'ownWork' : to);
  switch (`${from} ${action}`) {
    case 'draft submit':
    case 'returned submit':
      return mayWrite ? 'pending' : 'right';
    case 'pending approve':
    case 'provisional approve':
      return judged('approved');
    case 'pending return':
      return judged('returned');
    case 'pending refuse':
      return judged('refused');
    case 'pending correct':
    case 'provisional refuse':
      return judged('withdrawn');
    case 'pending replace':
      return mayWrite ? 'withdrawn' : 'right';
    case 'pending withdraw':
    case 'provisional withdraw':
      return mayWrite || mayApprove ? 'withdrawn' : 'right';
    case 'draft airAtOnce':
    case 'pending airAtOnce':
      return isDutyOfficer ? 'provisional' : 'right';
    case 'provisional lapse':
      return isClock ? 'withdrawn' : 'right';
    case 'approved withdraw':
      return mayApprove ? 'withdrawn' : 'right';
    case 'approved expire':
      return isClock ? 'expired' : 'right';
    default:
      return 'status';
  }
}

const everythingAtOnce: Standing = {
  mayWrite: true,
  mayApprove: true,
  isAuthor: true,
  isDutyOfficer: true,
  isClock: true,
};

describe('approval', () => {
  it.each(STATUSES)('%s: every action by everybody has exactly one answer', (status) => {
    for (const { from, action, standing } of everything.filter((each) => each.from === status)) {
      const decision = decide(from, action, standing);
      expect([from, action, standing, decision.allowed ? decision.to : decision.because]).toEqual([
        from,
        action,
        standing,
        expected(from, action, standing),
      ]);
    }
  });

  it('case 5: nothing begins approved, and only an approver who made nothing of it can make it so', () => {
    expect(FIRST_STATUS).toBe('draft');
    const ways = everything.filter(({ from, action, standing }) => {
      const decision = decide(from, action, standing);
      return decision.allowed && decision.to === 'approved';
    });
    expect(ways.length).toBeGreaterThan(0);
    for (const { from, action, standing } of ways)
      expect({ from, action, standing }).toMatchObject({
        from: expect.stringMatching(/^(pending|provisional)$/),
        action: 'approve',
        standing: { mayApprove: true, isAuthor: false },
      });
  });

  it('case 5: an administrator, who may do everything, cannot approve, return or refuse their own', () => {
    for (const action of ['approve', 'return', 'refuse'] as const)
      expect(decide('pending', action, everythingAtOnce)).toEqual({
        allowed: false,
        because: 'ownWork',
      });
  });

  it('invariant 7: from approved there is no way but to take it off the air', () => {
    expect(TRANSITIONS.filter(({ from }) => from === 'approved').map(({ to }) => to)).toEqual(['withdrawn', 'expired']);
  });

  it('every status is reached from the first, every action and everybody has a part, and no two transitions contradict each other', () => {
    const reached = new Set([FIRST_STATUS]);
    for (let size = 0; size < reached.size; ) {
      size = reached.size;
      for (const { from, to } of TRANSITIONS) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].sort()).toEqual([...STATUSES].sort());
    expect(new Set(TRANSITIONS.map(({ who }) => who))).toEqual(new Set(Object.keys(WHO_WORDS)));
    expect(new Set(TRANSITIONS.map(({ action }) => action))).toEqual(new Set(APPROVAL_ACTIONS));
    const keys = TRANSITIONS.map(({ from, action }) => `${from} ${action}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
