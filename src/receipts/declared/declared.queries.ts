import type { EntityManager } from 'typeorm';
import { among } from '../../platform/database/index.js';
import { Declaration } from './declaration.entity.js';

export interface DeclaredCell {
  readonly id: string;
  readonly itemId: string;
  readonly hamletId: string;
  /** Local day. */
  readonly day: string;
}

export interface DeclaredQuestion {
  readonly itemIds: readonly string[];
  /** Default: all. */
  readonly hamletIds?: readonly string[];
  /** Local days, both included. */
  readonly fromDay: string;
  readonly toDay: string;
}

/** What stands as declared beside the cells of these items, by day; what was taken back does not. It makes no cell complete. */
export async function declaredFor(reader: EntityManager, question: DeclaredQuestion): Promise<DeclaredCell[]> {
  const { itemIds, hamletIds, fromDay, toDay } = question;
  const select = reader
    .createQueryBuilder(Declaration, 'declaration')
    .select('declaration.id', 'id')
    .addSelect('declaration.item_id', 'itemId')
    .addSelect('declaration.hamlet_id', 'hamletId')
    .addSelect('declaration.day', 'day')
    .where(...among(reader, 'declaration.item_id', itemIds, 'items'))
    .andWhere('declaration.day BETWEEN :fromDay AND :toDay', { fromDay, toDay })
    .andWhere('declaration.taken_back_at_ms IS NULL');
  if (hamletIds) select.andWhere(...among(reader, 'declaration.hamlet_id', hamletIds, 'hamlets'));
  return select.orderBy('declaration.day').addOrderBy('declaration.id').getRawMany<DeclaredCell>();
}

/** The same with everything that they say: for whoever shows it to somebody else. */
export async function declarationsFor(reader: EntityManager, question: DeclaredQuestion): Promise<Declaration[]> {
  const standing = await declaredFor(reader, question);
  return reader
    .createQueryBuilder(Declaration, 'declaration')
    .where(
      ...among(
        reader,
        'declaration.id',
        standing.map(({ id }) => id),
      ),
    )
    .orderBy('declaration.day')
    .addOrderBy('declaration.id')
    .getMany();
}
