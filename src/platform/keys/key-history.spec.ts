import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import { silentLog } from '../logging/index.js';
import { KeyHistory, KeyRing, keyEntities, keyMigrations, parseKeys, runKeys } from './index.js';
import { KeySetRow } from './key-set.entity.js';

describeOnBothDatabases('history of key sets', { entities: keyEntities, migrations: keyMigrations }, (open) => {
  const clock = new ManualClock();
  let database: Database;
  let folder: string;
  beforeAll(async () => {
    database = await open();
    folder = await mkdtemp(join(tmpdir(), 'vang-keys-'));
  });

  const started = async (at = folder) => {
    const ring = new KeyRing(at, clock);
    await ring.start();
    const history = new KeyHistory(database, ring, clock, silentLog);
    await history.start();
    return { ring, history };
  };
  const rows = () => database.read((reader) => reader.find(KeySetRow, { order: { version: 'ASC' } }));

  it('holds each set that devices had, with its letters and when it was first published', async () => {
    const first = await started();
    const takenAtMs = clock.nowMs();
    expect(await rows()).toEqual([{ version: 1, signed: first.ring.keySet, takenAtMs, publishedAtMs: null }]);
    clock.advance(1_000);
    await first.history.published();
    clock.advance(1_000);
    await (await started()).history.published();
    await runKeys(parseKeys(['add']), folder, clock);
    const second = await started();
    await second.history.published();
    expect(await rows()).toEqual([
      { version: 1, signed: first.ring.keySet, takenAtMs, publishedAtMs: takenAtMs + 1_000 },
      { version: 2, signed: second.ring.keySet, takenAtMs: takenAtMs + 2_000, publishedAtMs: takenAtMs + 2_000 },
    ]);
  });

  it('two processes that start beside each other write the same', async () => {
    await runKeys(parseKeys(['add']), folder, clock);
    await Promise.all([started(), started()]);
    expect((await rows()).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('what a former key signed is signed anew after a restart, because its set is remembered', async () => {
    const { ring } = await started();
    const stored = ring.sign('vang-time', {});
    const kid = JSON.parse(Buffer.from(stored.split('.')[0] ?? '', 'base64url').toString()).kid as string;
    await runKeys(parseKeys(['add']), folder, clock);
    await runKeys(parseKeys(['revoke', kid]), folder, clock);
    expect((await started()).ring.renewed('vang-time', stored)).not.toBe(stored);
  });

  it('a folder from an old backup is refused: devices would refuse its lower version', async () => {
    const backup = await mkdtemp(join(tmpdir(), 'vang-backup-'));
    for (const name of ['root.pub', 'root.key', 'keyset.jws', 'secret.key'])
      await copyFile(join(folder, name), join(backup, name));
    const { ring } = await started();
    await copyFile(join(folder, `signing-${kidOf(ring).slice(0, 12)}.key`), join(backup, 'signing.key'));
    await runKeys(parseKeys(['add']), folder, clock);
    await started();
    await expect(started(backup)).rejects.toThrow('restore the newer keys folder');
    // Rotated twice from there it would be another set of a version that devices have.
    await runKeys(parseKeys(['add']), backup, clock);
    await expect(started(backup)).rejects.toThrow('another version');
  });
});

const kidOf = (ring: KeyRing) =>
  JSON.parse(Buffer.from(ring.sign('vang-time', {}).split('.')[0] ?? '', 'base64url').toString()).kid as string;
