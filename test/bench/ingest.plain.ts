import 'reflect-metadata';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseTopic, receiptBatch, receipt as receiptSchema, topics } from '../../devices/protocol/index.js';
import { assemblePlatform } from '../../src/assemble.js';
import { boot } from '../../src/boot.js';
import { readConfig } from '../../src/config/index.js';
import { insertMany } from '../../src/platform/database/index.js';
import { createLogger } from '../../src/platform/logging/index.js';
import { Lifeline } from '../../src/platform/process/index.js';
import { ReceiptRow } from '../../src/receipts/receipt.entity.js';

/**
 * The baseline of `ingest`: the whole service, with an intake that parses, writes the row and acknowledges, and that verifies, looks up
 * and counts nothing; its rounds are as large. So fast is the way itself: broker, parse, table, unique key, commit, signed answer.
 */
const MESSAGES_PER_COMMIT = 200;
const BYTES_PER_COMMIT = 256 * 1_024;

const config = readConfig();
const log = createLogger(config.logLevel);
const life = new Lifeline(log);
const platform = assemblePlatform(config, log);
const { bus, database, keys } = platform;
const waiting: { readonly device: string; readonly payload: Uint8Array }[] = [];
let draining = false;

async function drain(): Promise<void> {
  draining = true;
  while (waiting.length > 0) {
    const parsed = nextRound().map(({ device, payload }) => {
      const batch = receiptBatch.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
      return { device, batch, receipts: batch.receipts.map((each) => receiptSchema.parse(JSON.parse(each))) };
    });
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
    await nextTurn();
  }
  draining = false;
}

function nextRound() {
  let bytes = 0;
  let count = 0;
  for (const { payload } of waiting) {
    if (count > 0 && (count === MESSAGES_PER_COMMIT || bytes + payload.length > BYTES_PER_COMMIT)) break;
    bytes += payload.length;
    count++;
  }
  return waiting.splice(0, count);
}

process.once('SIGTERM', () => void life.stop().then(() => process.exit()));
await boot({ ...config, roles: new Set([...config.roles].filter((role) => role !== 'ingest')) }, log, life, platform);
await bus.subscribe(topics.everyUplink('receipts'), { qos: 1 }, (topic, payload) => {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== 'up') return;
  waiting.push({ device: parsed.device, payload: Buffer.from(payload) });
  if (!draining) void drain();
});
log.info({}, 'plain intake');
