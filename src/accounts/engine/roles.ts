/** What each role may do within its areas. One table: rights are decided nowhere else (invariant 9). */
export const ROLES = ['operator', 'approver', 'contentOffice', 'technician', 'monitor', 'administrator'] as const;
export type AccountRole = (typeof ROLES)[number];

export const ACTIONS = [
  'area.read',
  'area.manage',
  'account.read',
  'account.manage',
  'library.read',
  'library.write',
  'library.approve',
  'request.read',
  'request.manage',
  'schedule.read',
  'schedule.write',
  'schedule.rules',
  'fleet.read',
  'fleet.manage',
  'fleet.command',
  'fleet.update',
  'plan.read',
  'plan.manage',
  'coverage.read',
  // To state that content was brought to a hamlet by hand (khai báo).
  'coverage.declare',
  'confirmation.manage',
  'report.make',
  'job.manage',
  'log.manage',
] as const;
export type Action = (typeof ACTIONS)[number];

const READ: readonly Action[] = [
  'area.read',
  'library.read',
  'schedule.read',
  'fleet.read',
  'plan.read',
  'coverage.read',
];

export const ROLE_ACTIONS: Readonly<Record<AccountRole, readonly Action[]>> = {
  operator: [
    ...READ,
    'library.write',
    'request.read',
    'request.manage',
    'schedule.write',
    'fleet.command',
    'coverage.declare',
    'confirmation.manage',
    'report.make',
  ],
  approver: [...READ, 'library.approve', 'request.read', 'schedule.rules', 'fleet.command', 'report.make'],
  contentOffice: [
    ...READ,
    'library.write',
    'library.approve',
    'request.read',
    'request.manage',
    'schedule.write',
    'schedule.rules',
    'plan.manage',
    'confirmation.manage',
    'report.make',
  ],
  technician: ['area.read', 'fleet.read', 'fleet.manage', 'fleet.command'],
  monitor: READ,
  administrator: ACTIONS,
};

export interface Grant {
  readonly role: AccountRole;
  /** Path of the area; `/` is the whole installation. */
  readonly path: string;
}
