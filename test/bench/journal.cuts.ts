import { readFile, writeFile } from 'node:fs/promises';
import { encodeRecord, JournalFile } from '../../devices/player/adapters/journal-file.js';
import { applyRecord, type Durable, type JournalRecord, UNBORN } from '../../devices/player/core/index.js';
import { at, playOf } from '../../devices/player/testing/plans.js';
import { World } from '../../devices/player/testing/world.js';

/** What a real core writes in a morning: plays, a crash in mid-play, a power cut, hours without a network. */
export function aMorning(plays: number): JournalRecord[] {
  const planned = Array.from({ length: plays }, (_, i) =>
    playOf(at('5:00') + i * 60_000, { play: `play-${i}`, durationMs: 20_000 }),
  );
  const world = World.ready(at('4:55'), planned);
  const minute = (share: number) => at('5:00') + Math.floor(plays * share) * 60_000;
  world.run(minute(0.2) + 7_000);
  world.crash();
  world.startPlayer();
  world.connect();
  world.run(minute(0.4));
  world.disconnect();
  world.run(minute(0.6) + 5_000);
  world.powerCut();
  world.powerOn();
  world.connect();
  world.run(minute(0.8));
  world.service.acknowledges = false;
  world.run(minute(1) + 60_000);
  return world.journal;
}

/** One `append`, as the disk saw it. */
export interface Appended {
  readonly records: readonly JournalRecord[];
  /** The file before it, and the bytes that it wrote behind. */
  readonly before: Buffer;
  readonly written: Buffer;
  /** The snapshot that took the file's place afterwards, if it had grown too large. */
  readonly snapshot: Buffer | null;
}

/** Writes the records through the real journal, `random` many at a time, and looks at the file after each append. */
export async function appendAll(
  path: string,
  records: readonly JournalRecord[],
  random: () => number,
  growthBytes: number,
): Promise<Appended[]> {
  const journal = new JournalFile(path, growthBytes);
  await journal.start();
  const steps: Appended[] = [];
  let durable: Durable = UNBORN;
  let before: Buffer = Buffer.alloc(0);
  for (let next = 0; next < records.length; ) {
    const together = records.slice(next, next + 1 + Math.floor(random() * 3));
    next += together.length;
    for (const record of together) durable = applyRecord(durable, record);
    await journal.append(together, durable);
    const after = await readFile(path);
    const grown = after.length > before.length && after.subarray(0, before.length).equals(before);
    const written = grown ? after.subarray(before.length) : Buffer.concat(together.map(encodeRecord));
    steps.push({ records: together, before, written, snapshot: grown ? null : after });
    before = after;
  }
  await journal.stop();
  return steps;
}

export interface Cut {
  readonly kind: 'truncated' | 'garbled' | 'zeroed' | 'inSnapshot' | 'beforeRename' | 'afterRename';
  /** The append that was under way. */
  readonly step: number;
  readonly journal: Buffer;
  /** `journal.new`, as a compaction leaves it. */
  readonly temporary: Buffer | null;
}

/** The power goes somewhere in that append: what may then lie on the disk. */
export function cutWithin(steps: readonly Appended[], step: number, random: () => number): Cut {
  const { before, written, snapshot } = steps[step] as Appended;
  const whole = Buffer.concat([before, written]);
  if (snapshot && random() < 0.6) {
    const share = random();
    if (share < 0.2) return { kind: 'afterRename', step, journal: snapshot, temporary: null };
    if (share < 0.4) return { kind: 'beforeRename', step, journal: whole, temporary: snapshot };
    const part = snapshot.subarray(0, Math.floor(random() * snapshot.length));
    return { kind: 'inSnapshot', step, journal: whole, temporary: random() < 0.5 ? part : garbled(part, random) };
  }
  const kept = written.subarray(0, Math.floor(random() * (written.length + 1)));
  const rest = written.length - kept.length;
  const share = random();
  if (share < 0.5) return { kind: 'truncated', step, journal: Buffer.concat([before, kept]), temporary: null };
  // Some file systems grow the file before its bytes are there.
  if (share < 0.7)
    return { kind: 'zeroed', step, journal: Buffer.concat([before, kept, Buffer.alloc(rest)]), temporary: null };
  const torn = garbled(written.subarray(kept.length), random);
  return { kind: 'garbled', step, journal: Buffer.concat([before, kept, torn]), temporary: null };
}

export async function layDown(path: string, { journal, temporary }: Cut): Promise<void> {
  await writeFile(path, journal);
  if (temporary) await writeFile(`${path}.new`, temporary);
}

function garbled(bytes: Buffer, random: () => number): Buffer {
  const other = Buffer.from(bytes);
  const flips = 1 + Math.floor(random() * 20);
  for (let i = 0; i < flips && other.length > 0; i++)
    other[Math.floor(random() * other.length)] = Math.floor(random() * 256);
  return other;
}
