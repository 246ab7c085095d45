import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { receiptLeaf, rootOf, toBase64 } from '../../../proof/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable } from '../../../test/support/station.js';
import { type Database, insertMany, type WriteTransaction } from '../../platform/database/index.js';
import { nodeCrypto } from '../../platform/keys/index.js';
import { ReceiptRow } from '../receipt.entity.js';
import { LogHead, LogTile, UnloggedReceipts } from './log.entity.js';
import { LogRoom, receiptRow } from './log.spec-support.js';
import { rootAt } from './tile.queries.js';
import { hashed, waitForNumbers } from './unlogged.js';

const LEASE_MS = 15_000;

describeOnBothDatabases('leaf numbers', everyTable, (open) => {
  let database: Database;
  let room: LogRoom;
  beforeAll(async () => {
    database = await open();
    room = await LogRoom.open(database);
  });
  afterAll(() => room.close());

  /** Every receipt of the ledger has one number, none is left out, and the tiles are those of the tree over them. */
  const expectWhole = async () => {
    const leaves = await room.leaves();
    const receipts = await database.read((reader) => reader.find(ReceiptRow));
    const leafOf = new Map(receipts.map(({ id, text }) => [id, toBase64(receiptLeaf(text, nodeCrypto))]));
    expect(leaves.map(({ number }) => number)).toEqual(leaves.map((_, index) => index));
    expect(new Map(leaves.map(({ receiptId, leaf }) => [receiptId, leaf]))).toEqual(leafOf);
    const size = leaves.length;
    expect(await database.read((reader) => reader.findOneBy(LogHead, { id: 'log' }))).toMatchObject({ size });
    expect(await database.read((reader) => reader.countBy(UnloggedReceipts, {}))).toBe(0);
    const hashes = leaves.map(({ leaf }) => Buffer.from(leaf, 'base64'));
    for (const at of new Set([0, 1, 255, 256, 257, size >> 1, size].filter((at) => at <= size)))
      expect(toBase64(await database.read((reader) => rootAt(reader, at)))).toBe(
        toBase64(rootOf(hashes.slice(0, at), nodeCrypto)),
      );
  };

  it('are given once to each receipt, in the order of commits, whatever comes in one', async () => {
    const sequencer = room.sequencer();
    expect(await sequencer.tick()).toBe(0);
    await room.receive(1);
    expect(await sequencer.tick()).toBe(1);
    for (const count of [254, 2, 700]) await room.receive(count);
    expect([await sequencer.tick(), await sequencer.tick()]).toEqual([956, 0]);
    expect((await room.leaves()).at(-1)?.receiptId).toBe('d.1.957');
    await expectWhole();
  });

  it('survive a crash between any two steps: what was not committed was never given', async () => {
    room.clock.advance(LEASE_MS);
    await room.receive(3);
    await room.receive(300);
    const before = await room.leaves();
    for (let steps = 0; ; steps++) {
      const sequencer = room.sequencer(crashingAfter(database, steps));
      const given = await sequencer.tick().catch((error: Error) => error.message);
      if (given === 303) break;
      expect(given).toBe('power cut');
      expect(await room.leaves()).toEqual(before);
    }
    await expectWhole();
  });

  it('are given by whoever holds the lease, and by another when it is over', async () => {
    room.clock.advance(LEASE_MS);
    const [one, other] = [room.sequencer(), room.sequencer()];
    await room.receive(1);
    expect([await one.tick(), await other.tick()]).toEqual([1, 0]);
    await room.receive(1);
    expect(await other.tick()).toBe(0);
    room.clock.advance(LEASE_MS);
    expect([await other.tick(), await one.tick()]).toEqual([1, 0]);
  });

  it('are given at once to what somebody must prove now, whoever holds the lease, which stays where it is', async () => {
    const [holder, other] = [room.sequencer(), room.sequencer()];
    room.clock.advance(LEASE_MS);
    await room.receive(1);
    await holder.tick();
    await room.receive(2);
    await other.catchUp();
    await expectWhole();
    await room.receive(1);
    expect([await other.tick(), await holder.tick()]).toEqual([0, 1]);
    await room.receive(200);
    await Promise.all([other.catchUp(), holder.tick()]);
    await expectWhole();
  });

  it('are given at all by a machine whose clock was a year ahead for a while', async () => {
    const nowMs = room.clock.nowMs();
    room.clock.set(nowMs + 365 * 86_400_000);
    await room.receive(1);
    expect(await room.sequencer().tick()).toBe(1);
    room.clock.set(nowMs);
    await room.receive(1);
    expect(await room.sequencer().tick()).toBe(1);
  });

  it('are each given once by two sequencers that run into each other while receipts come in', async () => {
    const second = database.kind === 'postgres' ? await open.again(database) : database;
    for (let round = 0; round < 6; round++) {
      // Nobody holds the lease: what keeps them apart is the head alone.
      room.clock.advance(LEASE_MS);
      await room.receive(150);
      await Promise.all([
        room.sequencer().tick(),
        room.receive(40),
        room.sequencer(second).tick(),
        room.receive(1, second),
      ]);
    }
    room.clock.advance(LEASE_MS);
    await room.sequencer().tick();
    await expectWhole();
  });

  it('are not given twice to a receipt that comes again after its row has left for an archive', async () => {
    room.clock.advance(LEASE_MS);
    const [row] = await room.receive(1);
    const sequencer = room.sequencer();
    await sequencer.tick();
    const before = await room.leaves();
    await database.write(({ manager }) => manager.delete(ReceiptRow, { id: row?.id as string }));
    await room.enter([row as ReceiptRow]);
    expect(await sequencer.tick()).toBe(0);
    expect(await room.leaves()).toEqual(before);
    await expectWhole();
  });

  it('reach what was committed late, behind what began later', async () => {
    // One writer at a time: nothing is committed late on SQLite.
    if (database.kind === 'sqlite') return;
    room.clock.advance(LEASE_MS);
    const sequencer = room.sequencer();
    const late = receiptRow(1, 'late');
    let commit = () => {};
    const written = new Promise<void>((begun) => {
      const held = new Promise<void>((resolve) => {
        commit = resolve;
      });
      void database.write(async (tx) => {
        await insertMany(tx.manager, ReceiptRow, [late]);
        await waitForNumbers(tx, [hashed(late)]);
        begun();
        await held;
      });
    });
    await written;
    await room.receive(2);
    expect(await sequencer.tick()).toBe(2);
    commit();
    await until(async () => (await sequencer.tick()) === 1);
    await expectWhole();
  });

  it('stop with the round under way, and a sequencer that was not started does nothing', async () => {
    room.clock.advance(LEASE_MS);
    const sequencer = room.sequencer();
    await room.receive(2);
    sequencer.tickSoon();
    await sequencer.stop();
    expect(await database.read((reader) => reader.countBy(UnloggedReceipts, {}))).toBe(1);
    sequencer.start();
    await sequencer.stop();
    await expectWhole();
  });

  it('write each full tile once', async () => {
    const full = await database.read((reader) => reader.find(LogTile));
    const bytes = full.map(({ hashes }) => Buffer.from(hashes, 'base64').length);
    expect(bytes.every((count) => count % 32 === 0 && count <= 256 * 32)).toBe(true);
  });
});

/** Power goes at the n-th thing that is asked of the database inside a transaction. */
function crashingAfter(database: Database, steps: number): Pick<Database, 'read' | 'write'> {
  let left = steps;
  const crashing = (manager: EntityManager): EntityManager =>
    new Proxy(manager, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name, target);
        if (typeof found !== 'function') return found;
        return (...parameters: unknown[]) => {
          if (left-- <= 0) throw new Error('power cut');
          return found.apply(target, parameters);
        };
      },
    });
  return {
    read: (work) => database.read(work),
    write: (work, options) =>
      database.write(
        (tx) =>
          work({
            afterCommit: (callback) => tx.afterCommit(callback),
            manager: crashing(tx.manager),
          } as WriteTransaction),
        options,
      ),
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
