import { describe, expect, it } from '@jest/globals';
import { APPROVAL_ACTIONS, decide, FIRST_STATUS, STATUSES, type Standing, TRANSITIONS } from './approval.js';

const BOTH = [false, true] as const;
const standings: readonly Standing[] = BOTH.flatMap((mayWrite) =>
  BOTH.flatMap((mayApprove) => BOTH.map((isAuthor) => ({ mayWrite, mayApprove, isAuthor }))),
);
const everything = STATUSES.flatMap((from) =>
  APPROVAL_ACTIONS.flatMap((action) => standings.map((standing) => ({ from, action, standing }))),
);

/** The same rules written a second time, as a person would say them. */
function expected(from: string, action: string, { mayWrite, mayApprove, isAuthor }: Standing): string {
  if (action === 'submit' && (from === 'draft' || from === 'returned')) return mayWrite ? 'pending' : 'right';
  if (from === 'pending' && action === 'withdraw') return mayWrite || mayApprove ? 'withdrawn' : 'right';
  if (from === 'approved' && action === 'withdraw') return mayApprove ? 'withdrawn' : 'right';
  if (from === 'pending' && action !== 'submit') {
    if (!mayApprove) return 'right';
    if (isAuthor) return 'ownWork';
    return { approve: 'approved', return: 'returned', refuse: 'refused' }[action] ?? 'none';
  }
  return 'status';
}

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
        from: 'pending',
        action: 'approve',
        standing: { mayApprove: true, isAuthor: false },
      });
  });

  it('case 5: an administrator, who may do everything, cannot approve, return or refuse their own', () => {
    for (const action of ['approve', 'return', 'refuse'] as const)
      expect(decide('pending', action, { mayWrite: true, mayApprove: true, isAuthor: true })).toEqual({
        allowed: false,
        because: 'ownWork',
      });
  });

  it('invariant 7: from approved there is no way but to take it off the air', () => {
    expect(TRANSITIONS.filter(({ from }) => from === 'approved').map(({ to }) => to)).toEqual(['withdrawn']);
  });

  it('every status is reached from the first, and no two transitions contradict each other', () => {
    const reached = new Set([FIRST_STATUS]);
    for (let size = 0; size < reached.size; ) {
      size = reached.size;
      for (const { from, to } of TRANSITIONS) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].sort()).toEqual([...STATUSES].sort());
    const keys = TRANSITIONS.map(({ from, action }) => `${from} ${action}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
