import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalFile } from '../../devices/player/adapters/journal-file.js';
import { applyRecord, type Durable, type JournalRecord } from '../../devices/player/core/index.js';
import type { Bench } from './bench.js';
import { type Appended, aMorning, appendAll, type Cut, cutWithin, layDown } from './journal.cuts.js';
import { PoleStandIn } from './pole-stand-in.js';
import { seeded } from './search.content.js';

const SEED = 288;
/** Small, so that there are many compactions to be cut. */
const GROWTH_BYTES = 60_000;

/**
 * Cuts the power within a random append of a real journal, and starts on what is left. Reference: the receipts whose append
 * had returned before the cut. One of the append under way may be there or not; any other is invented.
 */
export const journal: Bench = {
  name: 'journal',
  async run({ short }) {
    const cuts = short ? 200 : 2_000;
    const programs = short ? 0 : 20;
    const random = seeded(SEED);
    const folder = await mkdtemp(join(tmpdir(), 'vang-journal-cuts-'));
    const path = join(folder, 'journal');
    const tally = { lostReceipts: 0, inventedReceipts: 0, failedStarts: 0, cutCompactions: 0, receiptsChecked: 0 };
    const pole = await PoleStandIn.enrolled(folder, 'pole-1');
    try {
      const steps = await appendAll(path, aMorning(short ? 40 : 100), random, GROWTH_BYTES);
      const compactions = steps.flatMap(({ snapshot }, step) => (snapshot ? [step] : []));
      const references = referencesOf(steps);
      for (let i = 0; i < cuts; i++) {
        // Every fifth within a compaction, which would otherwise be rare.
        const step = i % 5 === 0 ? pick(compactions, random) : Math.floor(random() * steps.length);
        const cut = cutWithin(steps, step, random);
        if (cut.temporary || cut.kind === 'afterRename') tally.cutCompactions += 1;
        await layDown(path, cut);
        const found = await startedOn(path);
        if (!found) {
          tally.failedStarts += 1;
          continue;
        }
        const reference = references[step] as Reference;
        tally.receiptsChecked += reference.written.size;
        tally.lostReceipts += lost(found, reference, steps[step] as Appended);
        tally.inventedReceipts += invented(found, reference, steps[step] as Appended);
      }
      for (let i = 0; i < programs; i++) {
        const cut = cutWithin(steps, Math.floor(random() * steps.length), random);
        if (!(await programStarts(pole, path, cut))) tally.failedStarts += 1;
      }
    } finally {
      await pole.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
    const { lostReceipts, inventedReceipts, failedStarts, cutCompactions } = tally;
    const holds = lostReceipts + inventedReceipts + failedStarts === 0 && cutCompactions > cuts / 20;
    return { cuts, ...tally, programStarts: programs, seed: SEED, holds };
  },
};

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T;

interface Reference {
  /** Plays whose receipt's append had returned. */
  readonly written: ReadonlySet<string>;
  /** Their texts, as long as nobody had acknowledged them. */
  readonly unsent: ReadonlySet<string>;
}

/** For each append: what stood before it. Read from the records themselves, not from the code that replays them. */
function referencesOf(steps: readonly Appended[]): Reference[] {
  const written = new Set<string>();
  const unsent = new Map<string, string>();
  return steps.map(({ records }) => {
    const reference = { written: new Set(written), unsent: new Set(unsent.values()) };
    for (const record of records) {
      if (record.t === 'receipt') {
        written.add(record.play);
        unsent.set(`${record.receipt.boot}/${record.receipt.seq}`, record.receipt.text);
      }
      if (record.t === 'acked')
        for (let seq = record.first; seq <= record.last; seq++) unsent.delete(`${record.boot}/${seq}`);
    }
    return reference;
  });
}

function lost({ finals, unsent }: Durable, reference: Reference, { records }: Appended): number {
  const texts = new Set(unsent.map(({ text }) => text));
  const missing = [...reference.written].filter((play) => !Object.hasOwn(finals, play)).length;
  const waiting = [...reference.unsent].filter((text) => !texts.has(text));
  // The acknowledgement under way may have been kept, and then the service has them.
  const acked = records.flatMap((record) => (record.t === 'acked' ? [record] : []));
  const told = (text: string) => {
    const { boot, seq } = JSON.parse(text) as { boot: number; seq: number };
    return acked.some((ack) => ack.boot === boot && ack.first <= seq && seq <= ack.last);
  };
  return missing + waiting.filter((text) => !told(text)).length;
}

function invented({ finals, unsent }: Durable, reference: Reference, { records }: Appended): number {
  const underWay = records.flatMap((record) => (record.t === 'receipt' ? [record] : []));
  const plays = new Set([...reference.written, ...underWay.map(({ play }) => play)]);
  const texts = new Set([...reference.unsent, ...underWay.map(({ receipt }) => receipt.text)]);
  const strange = Object.keys(finals).filter((play) => !plays.has(play)).length;
  return strange + unsent.filter(({ text }) => !texts.has(text)).length;
}

/** Starts, writes on, and starts again. The state found first; null: it could not, or what it then wrote was not kept. */
async function startedOn(path: string): Promise<Durable | null> {
  const boot: JournalRecord = { t: 'boot', boot: 9_999, bootId: 'after', kernelBootId: 'kernel-after', monoMs: 1 };
  try {
    const first = new JournalFile(path, GROWTH_BYTES);
    const { durable } = await first.start();
    await first.append([boot], applyRecord(durable, boot));
    await first.stop();
    const second = new JournalFile(path, GROWTH_BYTES);
    const again = await second.start();
    await second.stop();
    return again.durable.boot === boot.boot && again.durable.unsent.length === durable.unsent.length ? durable : null;
  } catch {
    return null;
  }
}

/** The built program on the same cut. */
async function programStarts(pole: PoleStandIn, path: string, cut: Cut): Promise<boolean> {
  await layDown(path, cut);
  await copyFile(path, join(pole.data, 'journal'));
  const program = pole.start(['--sound', 'null']);
  const booted = await program
    .waitFor(({ event }) => event === 'booted', 'boot on a cut journal', 20_000)
    .then(
      () => true,
      () => false,
    );
  await program.stop();
  return booted;
}
