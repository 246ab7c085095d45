import { FIRST_LINK } from '../../protocol/index.js';
import type { Durable, JournalRecord } from './state.js';

/** Finals are kept this long after the planned start: longer than any plan reaches back. */
const KEEP_FINALS_MS = 9 * 86_400_000;

export const UNBORN: Durable = {
  boot: 0,
  bootId: '',
  kernelBootId: '',
  bootMonoMs: 0,
  poweredMonoMs: 0,
  timedMonoMs: null,
  downCause: 'playerStopped',
  seq: 0,
  link: FIRST_LINK,
  keys: null,
  head: null,
  activeVersion: 0,
  parts: {},
  withdrawn: {},
  toldLate: [],
  finals: {},
  current: null,
  suspended: {},
  unsent: [],
  clock: null,
};

/** The one place where durable state changes; live and at replay alike. */
export function applyRecord(durable: Durable, record: JournalRecord): Durable {
  switch (record.t) {
    case 'snapshot':
      // A snapshot of an earlier release lacks what came later.
      return { ...UNBORN, ...record.durable };
    case 'boot': {
      const sameKernel = record.kernelBootId === durable.kernelBootId;
      return {
        ...durable,
        boot: record.boot,
        bootId: record.bootId,
        kernelBootId: record.kernelBootId,
        bootMonoMs: record.monoMs,
        poweredMonoMs: sameKernel ? durable.poweredMonoMs : record.monoMs,
        timedMonoMs: sameKernel ? durable.timedMonoMs : null,
        downCause: sameKernel ? 'playerStopped' : 'powerLost',
        seq: 0,
        // The monotonic clock runs on through a restart of the player, not through a restart of the machine.
        clock: sameKernel ? durable.clock : null,
      };
    }
    case 'keys':
      return { ...durable, keys: record.keys };
    case 'head':
      return { ...durable, head: record.head };
    case 'activated': {
      const withdrawn = { ...durable.withdrawn };
      for (const part of Object.values(record.parts)) for (const play of part.plays) delete withdrawn[play.play];
      for (const obliged of record.withdrawn) withdrawn[obliged.play.play] = obliged;
      return {
        ...durable,
        activeVersion: record.version,
        parts: record.parts,
        withdrawn,
        toldLate: [...durable.toldLate, ...record.toldLate],
      };
    }
    case 'started':
      return {
        ...durable,
        current: record.current,
        suspended: without(durable.suspended, record.current.obliged.play.play),
      };
    case 'progress':
      return durable.current ? { ...durable, current: { ...durable.current, playedMs: record.playedMs } } : durable;
    case 'stopping': {
      if (!durable.current) return durable;
      const { cause, interruption } = record;
      const current = { ...durable.current, stopCause: cause, ...(interruption ? { interruption } : {}) };
      return { ...durable, current };
    }
    case 'suspended': {
      const { play } = record.suspended.obliged.play;
      return { ...durable, current: null, suspended: { ...durable.suspended, [play]: record.suspended } };
    }
    case 'receipt': {
      const finals: Record<string, number> = { [record.play]: record.startMs };
      // Never forgotten while a part still names the play: it would be played, or missed, a second time.
      const oldestMs = Math.min(record.startMs, ...Object.keys(durable.parts).map((day) => Date.parse(day)));
      for (const [play, startMs] of Object.entries(durable.finals))
        if (startMs > oldestMs - KEEP_FINALS_MS) finals[play] = startMs;
      return {
        ...durable,
        seq: record.receipt.seq,
        link: record.receipt.link,
        finals,
        withdrawn: without(durable.withdrawn, record.play),
        suspended: without(durable.suspended, record.play),
        toldLate: durable.toldLate.filter((play) => play !== record.play),
        current: durable.current?.obliged.play.play === record.play ? null : durable.current,
        unsent: [...durable.unsent, record.receipt],
      };
    }
    case 'acked':
      return {
        ...durable,
        unsent: durable.unsent.filter(
          (receipt) => receipt.boot !== record.boot || receipt.seq < record.first || receipt.seq > record.last,
        ),
      };
    case 'clock':
      return { ...durable, clock: record.anchor, timedMonoMs: durable.timedMonoMs ?? record.anchor.monoMs };
  }
}

function without<T>(plays: Readonly<Record<string, T>>, play: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(plays, play)) return plays;
  const { [play]: _, ...others } = plays;
  return others;
}

export function replay(records: Iterable<JournalRecord>): Durable {
  let durable = UNBORN;
  for (const record of records) durable = applyRecord(durable, record);
  return durable;
}
