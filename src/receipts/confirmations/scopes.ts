import type { EntityManager } from 'typeorm';
import { covers } from '../../areas/index.js';
import { beginsWith } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';

/** Where the actor may do this at or below an area; null: anywhere. None: nowhere. */
export function scopesWithin(actor: Actor, action: string, areaPath: string | null): readonly string[] {
  const scopes = actor.scopes(action);
  if (areaPath === null) return scopes;
  if (actor.may(action, areaPath)) return [areaPath];
  return scopes.filter((scope) => covers(areaPath, scope));
}

/** Condition of a query, with its parameters, that a path lies at or below one of these. @param scopes at least one */
export function underAny(
  reader: EntityManager,
  column: string,
  scopes: readonly string[],
): [string, Record<string, string>] {
  const ranges = scopes.map((scope, index) => beginsWith(reader, column, scope, `scope${index}`));
  return [
    `(${ranges.map(([condition]) => condition).join(' OR ')})`,
    Object.assign({}, ...ranges.map(([, parameters]) => parameters)),
  ];
}
