import { Brackets, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

/** Narrows a query to what lies at or below these paths (invariant 9). Without any path nothing is left. */
export function withinScopes<Row extends ObjectLiteral>(
  select: SelectQueryBuilder<Row>,
  column: string,
  scopes: readonly string[],
): SelectQueryBuilder<Row> {
  if (scopes.length === 0) return select.andWhere('1 = 0');
  return select.andWhere(
    new Brackets((any) => {
      for (const [i, scope] of scopes.entries())
        any.orWhere(`${column} LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` });
    }),
  );
}
