import { FIRST_LINK } from '../../protocol/index.js';
import type { JournalRecord } from './events.js';
import type { Durable } from './state.js';

/** Finals are kept this long after the planned start: longer than any plan reaches back. */
const KEEP_FINALS_MS = 9 * 86_400_000;

/** Beyond its expiry a command is refused by time; this is for a clock that was set back by an answer. */
const KEEP_COMMANDS_MS = 3_600_000;

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
  lastReceipt: null,
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
  identity: null,
  obeyed: {},
  activeLists: {},
  summoned: {},
  silence: null,
  volumePercent: 100,
  update: null,
  rebootFor: null,
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
        summoned: notIn(durable.summoned, record.parts),
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
        lastReceipt: { boot: record.receipt.boot, seq: record.receipt.seq },
        finals,
        withdrawn: without(durable.withdrawn, record.play),
        summoned: without(durable.summoned, record.play),
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
    case 'command': {
      const { summoned, ...change } = record.change;
      const obeyed: Record<string, number> = { [record.id]: record.expiresAt };
      for (const [id, expiresAt] of Object.entries(durable.obeyed))
        if (expiresAt > record.nowMs - KEEP_COMMANDS_MS) obeyed[id] = expiresAt;
      const added = summoned ? { ...durable.summoned } : durable.summoned;
      if (summoned) Object.assign(added, Object.fromEntries(summoned.map((each) => [each.play.play, each])));
      return { ...durable, ...change, obeyed, summoned: notIn(added, durable.parts) };
    }
    case 'active':
      return { ...durable, activeLists: { ...durable.activeLists, [record.area]: record.version } };
    case 'rebooted':
      return { ...durable, rebootFor: null };
    case 'updateOrdered':
      return { ...durable, update: { order: record.order, state: 'received' } };
    case 'updateState':
      return durable.update ? { ...durable, update: { ...durable.update, state: record.state } } : durable;
    case 'silence':
      return { ...durable, silence: record.silence };
    case 'identity':
      return { ...durable, identity: record.identity };
    case 'evidence':
      return durable.current ? { ...durable, current: { ...durable.current, ...record.evidence } } : durable;
    case 'clock':
      return { ...durable, clock: record.anchor, timedMonoMs: durable.timedMonoMs ?? record.anchor.monoMs };
  }
}

/** What a plan names is owed by the plan. */
function notIn(summoned: Durable['summoned'], parts: Durable['parts']): Durable['summoned'] {
  if (Object.keys(summoned).length === 0) return summoned;
  const planned = new Set(Object.values(parts).flatMap(({ plays }) => plays.map(({ play }) => play)));
  return Object.fromEntries(Object.entries(summoned).filter(([play]) => !planned.has(play)));
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
