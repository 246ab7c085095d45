import { type AccountRole, ROLE_ACTIONS, ROLES } from '../../src/accounts/engine/roles.js';
import {
  APPROVAL_ACTIONS,
  CLOCK_STANDING,
  decide,
  FIRST_STATUS,
  ON_AIR,
  STATUSES,
  type Standing,
  standingOf,
  TRANSITIONS,
  type Transition,
} from '../../src/library/engine/approval.js';
import { ACTION_WORDS, STATUS_WORDS, WHO_WORDS } from '../../src/library/engine/approval-words.js';
import { table } from './markdown.js';

/** docs/approval.md, written from the table that the service itself obeys. */
export const approvalPage = (): string =>
  `${[
    '# Approval',
    '',
    '<!-- Written by `npm run contracts` from src/library/engine/approval.ts. Change the data there, not this page. -->',
    '',
    'Every version of a content goes this way; the service obeys the same table. What stands nowhere here is refused.',
    `A version begins as \`${FIRST_STATUS}\`. It may go on air while it is ${ON_AIR.map((status) => `\`${status}\``).join(' or ')}.`,
    'An edit never changes a version: it makes the next one, which begins anew.',
    '',
    diagram(),
    '',
    '## Words',
    '',
    ...table(
      ['Code', 'Vietnamese', 'Meaning'],
      STATUSES.map((status) => [`\`${status}\``, STATUS_WORDS[status].vi, STATUS_WORDS[status].en]),
    ),
    '',
    ...table(
      ['Action', 'Vietnamese', 'Meaning'],
      APPROVAL_ACTIONS.map((action) => [`\`${action}\``, ACTION_WORDS[action].vi, ACTION_WORDS[action].en]),
    ),
    '',
    '## Transitions',
    '',
    ...table(
      ['From', 'Action', 'To', 'Who'],
      TRANSITIONS.map(({ from, action, to, who }) => [
        statusOf(from),
        `${ACTION_WORDS[action].vi} \`${action}\``,
        statusOf(to),
        `${WHO_WORDS[who].vi} \`${who}\`: ${WHO_WORDS[who].en}`,
      ]),
    ),
    '',
    '## What each status allows',
    '',
    'The status that follows; · is refused to everybody with `library.statusWrong`.',
    '',
    ...table(
      ['', ...APPROVAL_ACTIONS.map((action) => `\`${action}\``)],
      STATUSES.map((from) => [
        `\`${from}\``,
        ...APPROVAL_ACTIONS.map((action) => transitionOf(from, action)?.to ?? '·'),
      ]),
    ),
    '',
    '## Who may',
    '',
    'yes; *others* = only what others made (`library.ownWork` else); – = `right.missing`. Each in their own areas.',
    'A delegate and a duty officer are shown with no right of their own but to read. `replace` is an edit.',
    '',
    ...table(
      ['Status', 'Action', ...columns().map(({ title }) => title)],
      TRANSITIONS.map((transition) => [
        `\`${transition.from}\``,
        `\`${transition.action}\``,
        ...columns().map(({ standing }) => mark(transition, standing)),
      ]),
    ),
  ].join('\n')}\n`;

const ROLE_TITLES: Readonly<Record<AccountRole, string>> = {
  operator: 'Cán bộ đài (operator)',
  approver: 'Lãnh đạo duyệt (approver)',
  contentOffice: 'Cơ quan nội dung (contentOffice)',
  technician: 'Kỹ thuật (technician)',
  monitor: 'Giám sát (monitor)',
  administrator: 'Quản trị (administrator)',
};

interface Column {
  readonly title: string;
  readonly standing: (isAuthor: boolean) => Standing;
}

function columns(): readonly Column[] {
  const roleColumn = (role: AccountRole, more: { isDelegate?: boolean; isDutyOfficer?: boolean } = {}) => {
    const may = (action: string) => ROLE_ACTIONS[role].some((allowed) => allowed === action);
    return (isAuthor: boolean) => standingOf(may, { isDelegate: false, isDutyOfficer: false, ...more, isAuthor });
  };
  return [
    ...ROLES.map((role) => ({ title: ROLE_TITLES[role], standing: roleColumn(role) })),
    { title: 'Người được ủy quyền (delegate)', standing: roleColumn('monitor', { isDelegate: true }) },
    { title: 'Người trực (duty officer)', standing: roleColumn('monitor', { isDutyOfficer: true }) },
    { title: 'Hệ thống (clock)', standing: () => CLOCK_STANDING },
  ];
}

function mark({ from, action }: Transition, standing: Column['standing']): string {
  const [others, own] = [false, true].map((isAuthor) => decide(from, action, standing(isAuthor)).allowed);
  if (others && own) return 'yes';
  return others ? '*others*' : '–';
}

const statusOf = (status: Transition['from']): string => `${STATUS_WORDS[status].vi} \`${status}\``;

const transitionOf = (from: Transition['from'], action: Transition['action']): Transition | undefined =>
  TRANSITIONS.find((each) => each.from === from && each.action === action);

function diagram(): string {
  const arrows = TRANSITIONS.map(({ from, action, to }) => `  ${from} --> ${to}: ${ACTION_WORDS[action].vi}`);
  const names = STATUSES.map((status) => `  ${status}: ${STATUS_WORDS[status].vi}`);
  return ['```mermaid', 'stateDiagram-v2', ...names, `  [*] --> ${FIRST_STATUS}`, ...arrows, '```'].join('\n');
}
