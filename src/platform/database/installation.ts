import type { EntityManager } from 'typeorm';
import { DatabasePlaceError } from './errors.js';
import { InstallationEntity } from './installation.entity.js';

/**
 * Reads the demo flag, and writes it when the database is new.
 * @param wanted undefined: whatever the database is
 * @throws DatabasePlaceError when the database was created as the other kind
 */
export async function settleDemoFlag(manager: EntityManager, wanted: boolean | undefined): Promise<boolean> {
  // Two processes may create a PostgreSQL database at the same time: the first one decides.
  const known = await manager.findOneBy(InstallationEntity, { key: 'demo' });
  if (!known)
    await manager
      .createQueryBuilder()
      .insert()
      .into(InstallationEntity)
      .values({ key: 'demo', value: String(wanted ?? false) })
      .orIgnore()
      .execute();
  const { value } = known ?? (await manager.findOneByOrFail(InstallationEntity, { key: 'demo' }));
  const demo = value === 'true';
  if (wanted !== undefined && wanted !== demo)
    throw new DatabasePlaceError(
      demo
        ? 'this database was created for demonstration and stays so: use another one for real work'
        : 'this database was created for real work and cannot become a demonstration: use another one',
    );
  return demo;
}
