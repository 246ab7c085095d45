import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { ROLES } from '../../src/accounts/engine/roles.js';
import { APPROVAL_ACTIONS, STATUSES, TRANSITIONS } from '../../src/library/engine/approval.js';
import { approvalPage } from './approval-page.js';

it('docs/approval.md is what the table says; npm run contracts writes it', async () => {
  expect(await readFile(new URL('../../docs/approval.md', import.meta.url), 'utf8')).toBe(approvalPage());
});

it('names every status, action and role, and has a line in each table for every transition', () => {
  const page = approvalPage();
  for (const code of [...STATUSES, ...APPROVAL_ACTIONS]) expect(page).toContain(`\`${code}\``);
  for (const role of ROLES) expect(page).toContain(`(${role})`);
  for (const { from, action, to } of TRANSITIONS) {
    expect(page).toMatch(new RegExp(`^  ${from} --> ${to}: `, 'm'));
    expect(page).toMatch(new RegExp(`^\\| .*\`${from}\` \\| .*\`${action}\` \\| .*\`${to}\``, 'm'));
    expect(page).toMatch(new RegExp(`^\\| \`${from}\` \\| \`${action}\` \\| `, 'm'));
  }
});

it('says of judging that it is for what others made, whoever asks', () => {
  const [approving] = approvalPage().match(/^\| `pending` \| `approve` \| .*$/m) ?? [];
  const cells = approving
    ?.split('|')
    .map((cell) => cell.trim())
    .slice(3, -1);
  // Operator, approver, content office, technician, monitor, administrator, delegate, duty officer, clock.
  expect(cells).toEqual(['–', '*others*', '*others*', '–', '–', '*others*', '*others*', '–', '–']);
});
