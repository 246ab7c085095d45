import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { fromBase64Url } from '../../../devices/protocol/index.js';
import {
  logKeysOf,
  parseCheckpoint,
  receiptLeaf,
  verifyCheckpointOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../proof/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, person } from '../../../test/support/station.js';
import { Audit } from '../../accounts/index.js';
import type { Database } from '../../platform/database/index.js';
import { nodeCrypto } from '../../platform/keys/index.js';
import { EpochService } from './epoch.service.js';
import { LogCheckpoint, LogHead, LogTile } from './log.entity.js';
import { LogRoom } from './log.spec-support.js';

const MINUTE_MS = 60_000;

describeOnBothDatabases('checkpoints', everyTable, (open) => {
  let database: Database;
  let room: LogRoom;
  const said: string[] = [];
  beforeEach(async () => {
    database = await open();
    said.length = 0;
    const note = (_fields: object, words: string) => void said.push(words);
    room = await LogRoom.open(database, { info: note, warn: note, error: note });
  });
  const rooms: LogRoom[] = [];
  afterAll(() => Promise.all(rooms.map((each) => each.close())));
  beforeEach(() => void rooms.push(room));

  const signed = () => database.read((reader) => reader.find(LogCheckpoint, { order: { number: 'ASC' } }));
  const number = (count: number, from = room) => from.receive(count).then(() => from.sequencer().tick());
  const checkpointOf = (text: string) => {
    const parsed = parseCheckpoint(text);
    if (!parsed.ok) throw new Error(text);
    return parsed.checkpoint;
  };
  /** By what anybody is told, and the root key. */
  const verified = async (text: string, from = room) => {
    const { rootPublicKey, sets } = await database.read((reader) => from.transparency().keyHistory(reader));
    const root = fromBase64Url(rootPublicKey);
    const keys = logKeysOf(
      sets.map((set) => set.signed),
      root,
      nodeCrypto,
    );
    if (!keys.ok) throw new Error(keys.problem);
    return verifyCheckpointOf(text, keys.keys, root, nodeCrypto);
  };

  it('are signed at the start, within minutes of growth, and at least every hour', async () => {
    const clock = room.checkpoints();
    const afterMinutes = async (minutes: number) => {
      room.clock.advance(minutes * MINUTE_MS);
      return (await clock.tick())?.size ?? null;
    };
    expect(await afterMinutes(0)).toBe(0);
    await number(3);
    expect([await afterMinutes(9), await afterMinutes(1)]).toEqual([3, 3].map((size, at) => (at === 0 ? null : size)));
    const quiet = [];
    for (let minute = 0; minute < 120; minute++) quiet.push(await afterMinutes(1));
    const at = quiet.flatMap((size, minute) => (size === null ? [] : [minute + 1]));
    expect(at).toHaveLength(2);
    expect([at[0] as number, (at[1] as number) - (at[0] as number)].every((minutes) => minutes < 60)).toBe(true);
  });

  it('continue each other however the log grew between them, and prove every receipt', async () => {
    const texts = new Map<number, string>();
    const clock = room.checkpoints();
    for (const count of [1, 0, 6, 249, 1, 300]) {
      for (const { id, text } of await room.receive(count)) texts.set(Number(id.split('.')[2]) - 1, text);
      await room.sequencer().tick();
      room.clock.advance(60 * MINUTE_MS);
      await clock.tick();
    }
    const all = (await signed()).map((row) => checkpointOf(row.signed));
    expect(all.map(({ size }) => size)).toEqual([1, 1, 7, 256, 257, 557]);
    const log = room.transparency();
    for (const [at, former] of all.entries())
      for (const later of all.slice(at)) {
        const path = await database.read((reader) => log.consistency(reader, former.size, later.size));
        const claim = { from: former.size, fromRoot: former.root, to: later.size, toRoot: later.root, path };
        expect(verifyConsistency(claim, nodeCrypto)).toBe(true);
      }
    const ids = [...texts.keys()].map((index) => `d.1.${index + 1}`);
    for (const { size, root } of all) {
      const proved: number[] = [];
      await database.read(async (reader) => {
        for await (const { number, path } of log.proofsOf(reader, [...ids, 'unknown.1.1'], size)) {
          const leafHash = receiptLeaf(texts.get(number) as string, nodeCrypto);
          expect(verifyInclusion({ leafHash, index: number, size, path, root }, nodeCrypto)).toBe(true);
          proved.push(number);
        }
      });
      expect(proved).toEqual(Array.from({ length: size }, (_, index) => index));
    }
  });

  it('can be had at once for what was just committed, and none is signed twice for the same', async () => {
    const log = room.transparency();
    await room.receive(2);
    const first = await log.freshCheckpoint();
    expect(first.size).toBe(2);
    expect((await log.freshCheckpoint()).number).toBe(first.number);
    expect(await verified(first.signed)).toMatchObject({ ok: true });
  });

  it('are signed by one of several processes', async () => {
    const second = database.kind === 'postgres' ? await open.again(database) : database;
    await number(1);
    const other = await room.over(second);
    for (let round = 1; round <= 4; round++) {
      const made = await Promise.all([room.checkpoints().tick(), other.checkpoints().tick()]);
      expect(made.filter((one) => one !== null)).toHaveLength(1);
      room.clock.advance(60 * MINUTE_MS);
    }
    expect((await signed()).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('are signed once more, by the clock that is, after a clock that was a year ahead', async () => {
    const clock = room.checkpoints();
    const nowMs = room.clock.nowMs();
    room.clock.set(nowMs + 365 * 86_400_000);
    await clock.tick();
    room.clock.set(nowMs);
    expect([(await clock.tick())?.signedAtMs, await clock.tick()]).toEqual([nowMs, null]);
  });

  it('of former keys verify after a rotation and after the key was revoked, by the history of keys', async () => {
    await number(1);
    const old = (await room.checkpoints().tick()) as LogCheckpoint;
    room.clock.advance(10 * 60 * MINUTE_MS);
    const rotated = await room.afterKeysCommand('add');
    await number(1, rotated);
    const fresh = (await rotated.checkpoints().tick()) as LogCheckpoint;
    expect(fresh.kid).not.toBe(old.kid);
    const revoked = await rotated.afterKeysCommand('revoke', old.kid);
    expect(await verified(old.signed, revoked)).toMatchObject({ ok: true, key: { kid: old.kid, lastVersion: 2 } });
    expect(await verified(fresh.signed, revoked)).toMatchObject({ ok: true, key: { kid: fresh.kid, lastVersion: 3 } });
    expect((await database.read((reader) => revoked.transparency().check(reader, old.signed))).verdict).toBe(
      'consistent',
    );
  });

  it('are not signed over tables that somebody changed: a removed, altered or added hash is told instead', async () => {
    await number(300);
    const clock = room.checkpoints();
    await clock.tick();
    const tile = await database.read((reader) => reader.findOneByOrFail(LogTile, { level: 0, number: 1 }));
    const bytes = Buffer.from(tile.hashes, 'base64');
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
    const change = (hashes: string) =>
      database.write(({ manager }) => manager.update(LogTile, { level: 0, number: 1 }, { hashes }));
    room.clock.advance(60 * MINUTE_MS);
    await change(bytes.toString('base64'));
    await expect(clock.tick()).rejects.toThrow('no longer continues its checkpoint of 300');
    clock.start();
    await clock.stop();
    expect(said).toContain('no checkpoint of the transparency log was signed');
    await change(tile.hashes);
    await database.write(({ manager }) => manager.update(LogHead, { id: 'log' }, { size: 299 }));
    await expect(clock.tick()).rejects.toThrow('no longer continues');
    await database.write(({ manager }) => manager.update(LogHead, { id: 'log' }, { size: 300 }));
    expect((await clock.tick())?.size).toBe(300);
  });

  it('of a demo database say so', async () => {
    const demo = await LogRoom.open(await open({ demo: true }));
    rooms.push(demo);
    const made = await demo.checkpoints().tick();
    expect(checkpointOf(made?.signed ?? '')).toMatchObject({ demo: true });
    expect(checkpointOf((await room.checkpoints().tick())?.signed ?? '')).toMatchObject({ demo: false });
  });
});

describeOnBothDatabases('a checkpoint that was kept', everyTable, (open) => {
  let database: Database;
  let room: LogRoom;
  beforeAll(async () => {
    database = await open();
    room = await LogRoom.open(database);
    await room.receive(5);
  });
  afterAll(() => room.close());
  const check = (text: string) => database.read((reader) => room.transparency().check(reader, text));
  let kept = '';

  it('fits for as long as nothing before it was changed', async () => {
    kept = (await room.transparency().freshCheckpoint()).signed;
    await room.receive(300);
    await room.transparency().freshCheckpoint();
    expect(await check(kept)).toEqual({ verdict: 'consistent', size: 5, epoch: 1, signedAtMs: room.clock.nowMs() });
  });

  it.each([
    ['no checkpoint', () => 'xin chào', 'malformed'],
    ['one with an altered size', () => kept.replace('\n5\n', '\n4\n'), 'wrongSignature'],
  ])('%s is told as such', async (_, text, verdict) => {
    expect(await check(text())).toEqual({ verdict });
  });

  it('of another installation is told as such', async () => {
    const other = await LogRoom.open(await open());
    const { signed } = await other.transparency().freshCheckpoint();
    expect(await check(signed)).toEqual({ verdict: 'unknownKey' });
    await other.close();
  });

  it('is ahead of a log whose older backup was restored, and not continued by what came again in another order', async () => {
    const backup = await open();
    const restored = await room.over(backup);
    const log = restored.transparency();
    const ask = (text: string) => backup.read((reader) => log.check(reader, text));
    expect((await ask(kept)).verdict).toBe('ahead');
    const rows = (await room.leaves()).slice(0, 5).reverse();
    await restored.enter(
      rows.map(({ receiptId }) => ({
        ...{ id: receiptId, controllerId: 'd', boot: 1, seq: 0, play: '', text: `again ${receiptId}` },
        ...{ link: '', batchId: '', receivedAtMs: 0, backfill: true },
      })),
      backup,
    );
    room.clock.advance(MINUTE_MS);
    await log.freshCheckpoint();
    expect((await ask(kept)).verdict).toBe('altered');
    // The operator says so: a new name, and the reason for everybody to read.
    const epochs = new EpochService(backup, restored.checkpoints(), new Audit(room.clock), room.clock);
    const root = person('Quản trị', 'administrator', '/');
    expect(() => epochs.begin(person('Mai', 'technician', '/'), 'không có quyền')).toThrow();
    await epochs.begin(root, 'Khôi phục bản sao lưu ngày 01/01');
    expect((await ask(kept)).verdict).toBe('brokenOff');
    expect(await backup.read((reader) => log.epochs(reader))).toMatchObject([{ number: 2, size: 5 }]);
    const last = await backup.read((reader) => log.latestCheckpoint(reader));
    expect(last).toMatchObject({ epoch: 2, size: 5, signed: expect.stringContaining(`${log.origin(2)}\n5\n`) });
    expect(await ask(last?.signed ?? '')).toMatchObject({ verdict: 'consistent', epoch: 2 });
  });
});
