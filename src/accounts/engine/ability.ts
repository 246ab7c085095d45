import { Ability, type RawRuleOf } from '@casl/ability';
import { type Grant, ROLE_ACTIONS } from './roles.js';

type Place = { readonly path: string };
type AreaAbility = Ability<[string, 'area' | Place], string>;

/** Rights of a person: one rule an action and area, with the tree as the condition. */
export function abilityOf(grants: readonly Grant[]): AreaAbility {
  const rules: RawRuleOf<AreaAbility>[] = grants.flatMap(({ role, path }) =>
    ROLE_ACTIONS[role].map((action) => ({ action, subject: 'area' as const, conditions: path })),
  );
  return new Ability(rules, {
    conditionsMatcher: (scopePath: string) => (place: object) =>
      'path' in place && String(place.path).startsWith(scopePath),
    detectSubjectType: () => 'area',
  });
}

/** Paths under which `action` is allowed, the wider ones only. */
export function scopesOf(grants: readonly Grant[], action: string): string[] {
  const paths = grants
    .filter(({ role }) => ROLE_ACTIONS[role].some((allowed) => allowed === action))
    .map(({ path }) => path);
  return [...new Set(paths)]
    .filter((path, _, all) => !all.some((wider) => wider !== path && path.startsWith(wider)))
    .sort();
}
