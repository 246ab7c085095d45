import type { EntityManager, EntityTarget, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';

/**
 * Writes a row that is not there yet, in one statement: `save` would first look for it. The row is whole, so its type is the entity's own;
 * TypeORM's own type of what may be inserted does not take lists that cannot be changed.
 */
export async function insertRow<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  row: NoInfer<Row>,
): Promise<void> {
  await manager.insert(entity, row as QueryDeepPartialEntity<Row>);
}
