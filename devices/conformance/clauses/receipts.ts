import { isDeepStrictEqual } from 'node:util';
import { RESEND_MS, type Receipt } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import { type Kit, SLACK_MS } from '../kit.js';
import type { LedgerFault } from '../station/ledger.js';
import { demand, NotTried } from '../verdict.js';
import { demandComplete } from './play.js';

const RESENT_WITHIN_MS = RESEND_MS + SLACK_MS;
/** What was acknowledged may cross what was sent again. */
const CROSSING_MS = 2_000;
/** The clock of a device is no better known to it than this. */
const CLOCK_MS = 300;

const watch = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs'>): Clause => ({
  profile: 'minimum',
  phase: 'watch',
  limitMs: 1_000,
  ...each,
});

/** Judged by the ledger: no fault of these kinds among the receipts of the run. */
const clean = (id: string, title: string, proves: string, faults: readonly LedgerFault[]): Clause =>
  watch({
    id,
    title,
    proves,
    check(kit) {
      demandReceipts(kit);
      const wrong = kit.station.ledger.wrong.filter(({ fault }) => faults.includes(fault));
      demand(wrong.length === 0, wrong[0]?.detail ?? '', wrong.slice(0, 5));
    },
  });

function demandReceipts(kit: Kit): void {
  if (kit.station.ledger.arrived.end + kit.station.ledger.wrong.length === 0)
    throw new NotTried('no receipt came in this run');
}

/** A batch that is answered with a forged acknowledgement and nothing else until it comes again. */
const unanswered = (kit: Kit) =>
  kit.once('unanswered', async () => {
    const { station } = kit;
    station.acknowledges = false;
    try {
      const [play] = await kit.air((startMs) => [kit.play('unanswered', startMs)] as const);
      const { receipt } = await kit.receipt(play);
      const holds = ({ batch }: { batch: { boot: number; first: number; last: number } }) =>
        batch.boot === receipt.boot && batch.first <= receipt.seq && batch.last >= receipt.seq;
      const first = await station.ledger.batches.next(holds, 'batch', SLACK_MS);
      const since = kit.here;
      station.acknowledge(receipt.boot, receipt.seq, receipt.seq, station.keys.stranger);
      const reported = await kit.reported('ackRejected', since).then(
        () => true,
        () => false,
      );
      const again = await station.ledger.batches
        .next(holds, 'batch', RESENT_WITHIN_MS, station.ledger.batches.all.indexOf(first) + 1)
        .catch(() => null);
      return { first, again, reported };
    } finally {
      station.acknowledgeOwed();
    }
  });

async function offline(kit: Kit): Promise<void> {
  const { station } = kit;
  const plays = await kit.air((startMs) => [0, 1, 2, 3].map((n) => kit.play(`offline${n}`, startMs + 800 + n * 1_500)));
  const last = plays.at(-1);
  if (!last) return;
  const since = station.ledger.arrived.end;
  station.broker.goOffline();
  try {
    await kit.until(last.startMs + last.audio.durationMs + 1_000);
  } finally {
    station.broker.comeBack();
  }
  for (const play of plays) {
    const { receipt } = await kit.receipt(play, kit.now + 75_000);
    demandComplete(receipt, play);
  }
  const order = station.ledger.arrived.all
    .slice(since)
    .filter(({ receipt }) => plays.some(({ play }) => play === receipt.play))
    .map(({ receipt }) => receipt.play);
  demand(
    isDeepStrictEqual(
      order,
      plays.map(({ play }) => play),
    ),
    'they came in another order, or more than once',
    order,
  );
}

/** The first field in which a receipt is not what the plan said; null: none. */
function differs(kit: Kit, receipt: Receipt): string | null {
  const told = kit.station.plan.told.get(receipt.play);
  if (!told) return 'play';
  const { play, versions } = told;
  const { head } = kit.station.plan;
  const expected = {
    occurrence: play.occurrence,
    part: play.part,
    item: play.item,
    audioSha256: play.audio.sha256,
    area: head.area,
    cluster: head.cluster,
    planned: {
      startMs: play.startMs,
      latestEndMs: play.latestEndMs,
      durationMs: play.audio.durationMs,
      volume: play.volume,
      class: play.class,
      late: play.late,
      ...(play.level ? { level: play.level } : {}),
      ...(play.interrupted ? { interrupted: play.interrupted } : {}),
    },
  };
  for (const [field, value] of Object.entries(expected))
    if (!isDeepStrictEqual(receipt[field as keyof Receipt], value)) return field;
  if (receipt.command === undefined && !versions.has(receipt.planVersion)) return 'planVersion';
  return null;
}

export const RECEIPTS: readonly Clause[] = [
  {
    id: 'receipts.resend',
    title: 'Sends receipts again until they are acknowledged',
    proves: 'Keep until acknowledged; send again after 20 s.',
    profile: 'minimum',
    phase: 'run',
    needs: ['loudspeaker'],
    limitMs: 70_000,
    async check(kit) {
      const { first, again } = await unanswered(kit);
      demand(again !== null, `nothing came again within ${RESENT_WITHIN_MS / 1000} s`);
      const afterMs = again.atMs - first.atMs;
      demand(afterMs >= RESEND_MS - 2_000, `it came again after ${afterMs} ms already`);
    },
  },
  {
    id: 'receipts.ackForged',
    title: 'Ignores a forged acknowledgement',
    proves: 'An acknowledgement that no key of the set signed is ignored and reported: the receipts are kept.',
    profile: 'minimum',
    phase: 'run',
    needs: ['loudspeaker'],
    limitMs: 70_000,
    async check(kit) {
      const { reported, again } = await unanswered(kit);
      demand(reported, 'it does not report the acknowledgement');
      demand(again !== null, 'it let go of receipts that nobody acknowledged: they did not come again');
    },
  },
  {
    id: 'receipts.acknowledged',
    title: 'Does not send again what was acknowledged',
    proves: 'Acknowledged receipts need not be sent again.',
    profile: 'minimum',
    phase: 'run',
    limitMs: 120_000,
    async check(kit) {
      const { ledger } = kit.station;
      await ledger.batches.next(
        ({ batch }) => ledger.acked.has(`${batch.boot}/${batch.first}`),
        'acknowledged batch',
        60_000,
      );
      // The batch that comes next may come late; this one would come within the time of sending again.
      await kit.until(kit.now + RESEND_MS + CROSSING_MS);
      const again = ledger.batches.all.find(({ batch, atMs }) => {
        const ackedMs = ledger.acked.get(`${batch.boot}/${batch.last}`);
        return ackedMs !== undefined && atMs > ackedMs + CROSSING_MS;
      });
      demand(!again, 'it sent again what was acknowledged', again?.batch);
    },
  },
  {
    id: 'receipts.offline',
    title: 'Plays offline, and its backlog arrives once and in order (case 10)',
    proves: 'Hours offline: every receipt arrives once, in order, when the connection is back.',
    profile: 'minimum',
    phase: 'run',
    needs: ['loudspeaker'],
    alone: true,
    limitMs: 120_000,
    check: offline,
  },
  watch({
    id: 'receipts.one',
    title: 'Writes one final receipt for each play',
    proves: 'One final receipt for each play that starts at or after `sinceMs`, also for a missed one.',
    check(kit) {
      demandReceipts(kit);
      const { ledger, plan } = kit.station;
      for (const [play, { play: told }] of plan.told) {
        const written = ledger.of(play);
        demand(
          written.length <= 1,
          `${written.length} receipts of ${play}`,
          written.map(({ text }) => text),
        );
        const over = told.latestEndMs + SLACK_MS < kit.now;
        demand(!over || written.length === 1, `no receipt of ${play}`, told);
      }
    },
  }),
  watch({
    id: 'receipts.fields',
    title: 'Its receipts say all that the plan said',
    proves: 'A receipt is self-contained: item, audio, area, cluster, planned times, volume, class and policies.',
    check(kit) {
      demandReceipts(kit);
      for (const { receipt } of kit.station.ledger.arrived.all) {
        const field = differs(kit, receipt);
        demand(field === null, `\`${field}\` is not what the plan says`, receipt);
        demand(receipt.device === kit.device, 'it names another device', receipt);
      }
    },
  }),
  watch({
    id: 'receipts.afterSound',
    title: 'Writes no receipt before the sound is over (case 8)',
    proves: 'The receipt is written when the play has ended, never before it sounded.',
    check(kit) {
      demandReceipts(kit);
      for (const { receipt, atMs } of kit.station.ledger.arrived.all) {
        if (receipt.startedAtMs === null) continue;
        demand(receipt.startedAtMs <= atMs + CLOCK_MS, 'it came before the start that it states', { atMs, receipt });
        const heardMs = receipt.startedAtMs + receipt.playedMs;
        demand(heardMs <= atMs + CLOCK_MS, 'it counts sound that cannot have been heard yet', { atMs, receipt });
      }
    },
  }),
  watch({
    id: 'receipts.endAfterStart',
    title: 'Ends no play before its start (case 9)',
    proves: '`endedAtMs` is the start plus monotonic time, so never before `startedAtMs`, whatever the clock did.',
    check(kit) {
      demandReceipts(kit);
      for (const { receipt } of kit.station.ledger.arrived.all) {
        const { startedAtMs, endedAtMs, playedMs } = receipt;
        demand((startedAtMs === null) === (endedAtMs === null), 'only one of start and end is there', receipt);
        if (startedAtMs === null || endedAtMs === null) continue;
        demand(endedAtMs >= startedAtMs, 'it ends before it starts', receipt);
        demand(playedMs <= endedAtMs - startedAtMs + CLOCK_MS, 'more sounded than there was time', receipt);
      }
    },
  }),
  clean(
    'receipts.chain',
    'Chains its receipts, across boots too',
    '`link = SHA-256(0x01 ‖ link_before ‖ SHA-256(receipt))`, the first link is 32 zero bytes, on across boots.',
    ['chain'],
  ),
  clean(
    'receipts.signature',
    'Signs its batches',
    'A batch is signed over `vang-receipts\\n{device}\\n{boot}\\n{first}\\n{last}\\n{link}`.',
    ['signature', 'schema'],
  ),
  clean(
    'receipts.sequence',
    'Counts its receipts without a gap, and changes none (case 11)',
    'A batch is of one boot; `seq` counts from 1 without a gap, and a receipt never changes.',
    ['sequence', 'changed'],
  ),
];
