import { Ability, type RawRuleOf } from '@casl/ability';
import { type AccountRole, type Grant, ROLE_ACTIONS, ROLES } from './roles.js';

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

/** Roles whose holders may do `action` in their areas; none for an action that nobody has. */
export const rolesThatMay = (action: string): AccountRole[] =>
  ROLES.filter((role) => ROLE_ACTIONS[role].some((allowed) => allowed === action));

/** Paths of the grants that cover `path`: its own and those of all areas above it, `/` first. */
export function scopesAbove(path: string): string[] {
  const steps = path.split('/').filter(Boolean);
  return ['/', ...steps.map((_, index) => `/${steps.slice(0, index + 1).join('/')}/`)];
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
