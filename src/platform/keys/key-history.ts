import { type EntityManager, IsNull } from 'typeorm';
import type { Clock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import type { Log } from '../logging/index.js';
import type { KeyRing } from './key-ring.js';
import { KeySetRow } from './key-set.entity.js';

/** Long enough to find whoever keeps the root key. */
const WARN_MS = 90 * 86_400_000;

/**
 * Every key set that this installation gave its devices, by version: what a lower one is told by, and what a log of keys can be
 * made of.
 */
export class KeyHistory {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Refuses a set that devices would refuse: one before theirs, or another of the same version. */
  async start(): Promise<void> {
    const { version, keySet: signed } = this.keys;
    const takenAtMs = this.clock.nowMs();
    const known = await this.database.write(async ({ manager }) => {
      const rows = await manager.find(KeySetRow, { order: { version: 'ASC' } });
      const newest = rows.at(-1);
      if (newest && newest.version > version)
        throw new Error(
          `keyset.jws is version ${version}, and devices have version ${newest.version}: restore the newer keys folder`,
        );
      if (newest?.version === version && newest.signed !== signed)
        throw new Error(
          `keyset.jws is another version ${version} than devices have: restore the keys folder of this database`,
        );
      // Processes that start beside each other write the same.
      const row = { version, signed, takenAtMs, publishedAtMs: null };
      await manager.createQueryBuilder().insert().into(KeySetRow).values(row).orIgnore().execute();
      return rows;
    });
    for (const row of known) this.keys.learn(row.signed);
    const newest = known.at(-1);
    if (newest && newest.version < version) this.log.info({ version, former: newest.version }, 'new key set');
    const leftMs = this.keys.endsAtMs - takenAtMs;
    if (leftMs < WARN_MS)
      this.log.warn(
        { days: Math.floor(leftMs / 86_400_000) },
        'the signing key ends soon; add one: npm run keys -- add',
      );
  }

  /** Every set, oldest first: what a checkpoint of any year is verified with. */
  sets(reader: EntityManager): Promise<KeySetRow[]> {
    return reader.find(KeySetRow, { order: { version: 'ASC' } });
  }

  /** It is retained on the broker. */
  async published(): Promise<void> {
    const publishedAtMs = this.clock.nowMs();
    await this.database.write(({ manager }) =>
      manager.update(KeySetRow, { version: this.keys.version, publishedAtMs: IsNull() }, { publishedAtMs }),
    );
  }
}
