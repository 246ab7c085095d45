import { describe, expect, it } from '@jest/globals';
import { abilityOf, rolesThatMay, scopesOf } from './ability.js';
import { ACTIONS, ROLE_ACTIONS, ROLES } from './roles.js';

describe('rights', () => {
  it('hold in the area of the grant and below, nowhere else', () => {
    const ability = abilityOf([{ role: 'operator', path: '/p/an-khuong/' }]);
    expect(ability.can('library.write', { path: '/p/an-khuong/' })).toBe(true);
    expect(ability.can('library.write', { path: '/p/an-khuong/ap-1/' })).toBe(true);
    expect(ability.can('library.write', { path: '/p/' })).toBe(false);
    expect(ability.can('library.write', { path: '/p/an-phu/' })).toBe(false);
  });

  it('add up over grants; a wider scope swallows a narrower one', () => {
    const grants = [
      { role: 'operator', path: '/p/a/' },
      { role: 'monitor', path: '/p/' },
      { role: 'monitor', path: '/p/b/' },
    ] as const;
    expect(scopesOf(grants, 'coverage.read')).toEqual(['/p/']);
    expect(scopesOf(grants, 'library.write')).toEqual(['/p/a/']);
    expect(scopesOf(grants, 'account.manage')).toEqual([]);
  });

  it.each(ROLES)('%s: every action outside its list is refused, every action in it allowed', (role) => {
    const ability = abilityOf([{ role, path: '/p/' }]);
    for (const action of ACTIONS)
      expect([action, ability.can(action, { path: '/p/c/' })]).toEqual([action, ROLE_ACTIONS[role].includes(action)]);
  });

  it('an operator cannot approve and an approver cannot write', () => {
    expect(ROLE_ACTIONS.operator).not.toContain('library.approve');
    expect(ROLE_ACTIONS.approver).not.toContain('library.write');
  });

  it('who keeps to the operating rules does not make them: operators schedule, approvers and content offices set the rules', () => {
    expect(rolesThatMay('schedule.rules')).toEqual(['approver', 'contentOffice', 'administrator']);
  });
});
