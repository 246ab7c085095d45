import { describe, expect, it } from '@jest/globals';
import { type AccountRole, actorFrom } from '../../accounts/index.js';
import {
  APPROVAL_ACTIONS,
  type ApprovalAction,
  CLOCK_STANDING,
  decide,
  STATUSES,
  type Status,
  standingOf,
} from '../engine/approval.js';

const WRITES = ['draft submit', 'returned submit', 'pending replace', 'pending withdraw', 'provisional withdraw'];
const JUDGES = [
  'pending approve',
  'pending return',
  'pending refuse',
  'pending correct',
  'provisional approve',
  'provisional refuse',
];
const TAKES_OFF = ['pending withdraw', 'provisional withdraw', 'approved withdraw'];
const AIRS = ['draft airAtOnce', 'pending airAtOnce'];
const TIME = ['approved expire', 'provisional lapse'];

/** What each role may do with what others made; a role that is added does not compile until it is said here. */
const MAY = {
  operator: WRITES,
  approver: [...JUDGES, ...TAKES_OFF],
  contentOffice: [...WRITES, ...JUDGES, ...TAKES_OFF],
  technician: [],
  monitor: [],
  administrator: [...WRITES, ...JUDGES, ...TAKES_OFF],
} as const satisfies Record<AccountRole, readonly string[]>;
const ROLES = Object.keys(MAY) as AccountRole[];

const PATH = '/p/an-khuong/';
const PAIRS = STATUSES.flatMap((from) => APPROVAL_ACTIONS.map((action) => [from, action] as const));
const BOTH = [false, true] as const;
const circumstances = BOTH.flatMap((isAuthor) =>
  BOTH.flatMap((isDelegate) => BOTH.map((isDutyOfficer) => ({ isAuthor, isDelegate, isDutyOfficer }))),
);

const allowed = (role: AccountRole, areaPath: string, how: (typeof circumstances)[number]): string[] => {
  const actor = actorFrom({ id: role, name: role }, [{ role, areaPath }]);
  const standing = standingOf((action) => actor.may(action, PATH), how);
  return PAIRS.filter(([from, action]) => decide(from, action, standing).allowed).map((pair) => pair.join(' '));
};

describe.each(ROLES)('%s', (role) => {
  it.each(circumstances)('author: $isAuthor, delegate: $isDelegate, on duty: $isDutyOfficer', (how) => {
    const may: readonly string[] = MAY[role];
    const rights = [
      ...may,
      ...(how.isDelegate ? [...JUDGES, ...TAKES_OFF] : []),
      ...(how.isDutyOfficer ? AIRS : []),
    ].filter((pair) => !(how.isAuthor && JUDGES.includes(pair)));
    expect(allowed(role, PATH, how).sort()).toEqual([...new Set(rights)].sort());
  });

  it('has no right in a neighbouring commune, whatever it may at home', () => {
    const plain = { isAuthor: false, isDelegate: false, isDutyOfficer: false };
    expect(allowed(role, '/p/an-phu/', plain)).toEqual([]);
  });
});

describe('the clock', () => {
  it('takes only what is over, and nobody else does that', () => {
    const may = (from: Status, action: ApprovalAction) => decide(from, action, CLOCK_STANDING).allowed;
    expect(PAIRS.filter(([from, action]) => may(from, action)).map((pair) => pair.join(' '))).toEqual(
      expect.arrayContaining(TIME),
    );
    expect(PAIRS.filter(([from, action]) => may(from, action)).length).toBe(TIME.length);
    for (const role of ROLES)
      for (const how of circumstances)
        expect(allowed(role, PATH, how).filter((pair) => TIME.includes(pair))).toEqual([]);
  });
});
