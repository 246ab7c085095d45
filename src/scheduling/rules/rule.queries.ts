import { Brackets, type EntityManager, In, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { beginsWith } from '../../platform/database/index.js';
import { pathsAbove } from '../engine/index.js';
import type { RuleSet } from '../engine/rules/index.js';
import { RuleOverride, RuleSetRow } from './rule.entity.js';

/** Rule sets of the area, of those above it and of those below: all that may hold for whoever listens there. */
export function ruleSetsAround(reader: EntityManager, areaPath: string): Promise<RuleSetRow[]> {
  return around(reader, reader.createQueryBuilder(RuleSetRow, 'row'), areaPath).orderBy('row.id').getMany();
}

/** Rule sets of the area itself and of those above it, those of the latest paper first. */
export function ruleSetsUpwards(reader: EntityManager, areaPath: string): Promise<RuleSetRow[]> {
  return reader.find(RuleSetRow, {
    where: { areaPath: In(pathsAbove(areaPath)) },
    order: { date: 'DESC', validFrom: 'DESC', id: 'DESC' },
  });
}

/** Overrides in force of entries of the area, of those above it and of those below. */
export function overridesAround(reader: EntityManager, areaPath: string): Promise<RuleOverride[]> {
  const standing = reader.createQueryBuilder(RuleOverride, 'row').where('row.revokedAtMs IS NULL');
  return around(reader, standing, areaPath).orderBy('row.id').getMany();
}

function around<T extends ObjectLiteral>(
  reader: EntityManager,
  select: SelectQueryBuilder<T>,
  areaPath: string,
): SelectQueryBuilder<T> {
  return select.andWhere(
    new Brackets((any) =>
      any
        .where(...beginsWith(reader, 'row.areaPath', areaPath))
        .orWhere('row.areaPath IN (:...above)', { above: pathsAbove(areaPath) }),
    ),
  );
}

/** As the engine reads it. */
export function ruleSetOf(row: RuleSetRow): RuleSet {
  const { id, revision, areaPath, number, date, attachmentSha256, validFrom, validTo, parts } = row;
  return { id, revision, areaPath, number, date, attachmentSha256, validFrom, validTo, ...parts };
}
