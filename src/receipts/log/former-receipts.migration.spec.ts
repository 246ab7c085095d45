import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable } from '../../../test/support/station.js';
import { Database, insertMany, schemaDrift } from '../../platform/database/index.js';
import { silentLog } from '../../platform/logging/log.js';
import { ReceiptRow } from '../receipt.entity.js';
import { LogRoom, receiptRow } from './log.spec-support.js';

const isOlder = ({ name }: { readonly name: string }) => Number(name.slice(-13)) < 1_767_225_650_000;

describeOnBothDatabases(
  'receipts from before there was a log',
  { ...everyTable, migrations: everyTable.migrations.filter(isOlder) },
  (open) => {
    it('enter it with the first round', async () => {
      const old = await open();
      const rows = Array.from({ length: 1_005 }, (_, seq) => receiptRow(seq));
      await old.write(({ manager }) => insertMany(manager, ReceiptRow, rows));
      await old.stop();
      const database = new Database({ ...old.options, migrations: everyTable.migrations }, silentLog);
      await database.start();
      const room = await LogRoom.open(database);
      try {
        expect(await schemaDrift(database)).toEqual([]);
        expect(await room.sequencer().tick()).toBe(1_005);
        const ids = (await room.leaves()).map(({ receiptId }) => receiptId);
        expect(new Set(ids)).toEqual(new Set(rows.map(({ id }) => id)));
      } finally {
        await room.close();
        await database.stop();
      }
    });
  },
);
