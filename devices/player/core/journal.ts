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
  unsent: [],
  clock: null,
};

/** The one place where durable state changes; live and at replay alike. */
export function applyRecord(durable: Durable, record: JournalRecord): Durable {
  switch (record.t) {
    case 'snapshot':
      return record.durable;
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
      return { ...durable, current: record.current };
    case 'progress':
      return durable.current ? { ...durable, current: { ...durable.current, playedMs: record.playedMs } } : durable;
    case 'stopping':
      return durable.current ? { ...durable, current: { ...durable.current, stopCause: record.cause } } : durable;
    case 'receipt': {
      const finals: Record<string, number> = { [record.play]: record.startMs };
      // Never forgotten while a part still names the play: it would be played, or missed, a second time.
      const oldestMs = Math.min(record.startMs, ...Object.keys(durable.parts).map((day) => Date.parse(day)));
      for (const [play, startMs] of Object.entries(durable.finals))
        if (startMs > oldestMs - KEEP_FINALS_MS) finals[play] = startMs;
      const withdrawn = { ...durable.withdrawn };
      delete withdrawn[record.play];
      return {
        ...durable,
        seq: record.receipt.seq,
        link: record.receipt.link,
        finals,
        withdrawn,
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

export function replay(records: Iterable<JournalRecord>): Durable {
  let durable = UNBORN;
  for (const record of records) durable = applyRecord(durable, record);
  return durable;
}
