import 'reflect-metadata';
import {
  parseTopic,
  type Receipt,
  type ReceiptBatch,
  receiptMessage,
  receipt as receiptSchema,
  topics,
} from '../../devices/protocol/index.js';
import { assemblePlatform } from '../../src/assemble.js';
import { boot } from '../../src/boot.js';
import { readConfig } from '../../src/config/index.js';
import { insertMany } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/logging/index.js';
import { Lifeline } from '../../src/platform/process/index.js';
import { IntakeLanes } from '../../src/receipts/intake.lanes.js';
import { ReceiptRow } from '../../src/receipts/receipt.entity.js';

/**
 * The baseline of `ingest`: the whole service, with an intake that parses, writes the row and acknowledges, and that verifies, looks up
 * and counts nothing; its lanes and rounds are the same ones. So fast is the way itself: broker, parse, table, unique key, commit, signed answer.
 */
const config = readConfig();
const log = createLogger(config.logLevel);
const life = new Lifeline(log);
const platform = assemblePlatform(config, log);
const { bus, database, keys } = platform;

interface Parsed {
  readonly device: string;
  readonly batch: ReceiptBatch;
  readonly receipts: readonly Receipt[];
}

const lanes = new IntakeLanes<Parsed>(database.kind, {
  left: () => {},
  judge: async (arrived) =>
    arrived.flatMap(({ device, payload }) =>
      [receiptMessage.parse(JSON.parse(payload.toString('utf8')))].flat().map((batch) => ({
        ...{ device, batch },
        receipts: batch.receipts.map((each) => receiptSchema.parse(JSON.parse(each))),
      })),
    ),
  enter: async (parsed) => {
    const rows = parsed.flatMap(({ device, batch, receipts }) =>
      receipts.map(
        (receipt, index): ReceiptRow => ({
          ...{ id: `${device}.${batch.boot}.${receipt.seq}`, controllerId: device, boot: batch.boot, seq: receipt.seq },
          ...{ play: receipt.play, text: batch.receipts[index] as string, link: batch.link, batchId: batch.link },
          ...{ receivedAtMs: Date.now(), backfill: true },
        }),
      ),
    );
    await database.write((tx) => insertMany(tx.manager, ReceiptRow, rows, { of: ['id'] }));
    for (const { device, batch } of parsed) {
      const { boot, first, last } = batch;
      const ack = { v: 1, device, boot, first, last, quarantined: [] };
      void bus.publish(topics.down(device, 'acks'), keys.sign('vang-ack', ack), { qos: 1 });
    }
  },
  log,
});

process.once('SIGTERM', () => void life.stop().then(() => process.exit()));
await boot({ ...config, roles: new Set([...config.roles].filter((role) => role !== 'ingest')) }, log, life, platform);
await bus.subscribe(topics.everyUplink('receipts'), { qos: 1 }, (topic, payload) => {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== 'up') return;
  lanes.add({ device: parsed.device, payload: Buffer.from(payload) });
});
log.info({}, 'plain intake');
