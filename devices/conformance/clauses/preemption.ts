import type { PlannedPlay, Receipt } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import type { Kit, PlaySketch } from '../kit.js';
import { demand } from '../verdict.js';
import { demandComplete } from './play.js';

/** When the emergency comes, after the beginning of what it cuts. */
const CUT_MS = 1_200;
const NEAR_MS = 700;

const clause = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs' | 'needs'>): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 45_000,
  needs: ['loudspeaker'],
  ...each,
});

interface Cut {
  readonly normal: PlannedPlay;
  readonly cut: Receipt;
}

/** A normal play of three seconds, cut after one by an emergency of one second. */
async function cut(kit: Kit, sketch: PlaySketch): Promise<Cut> {
  const [normal, emergency] = await kit.air(
    (startMs) =>
      [
        kit.play('normal', startMs, { durationMs: 3_000, ...sketch }),
        kit.play('emergency', startMs + CUT_MS, { class: 'emergency' }),
      ] as const,
  );
  const urgent = (await kit.receipt(emergency)).receipt;
  demandComplete(urgent, emergency);
  const beganMs = (urgent.startedAtMs ?? 0) - emergency.startMs;
  demand(beganMs <= 1_000, `the emergency waited ${beganMs} ms`, urgent);
  const { receipt } = await kit.receipt(normal, emergency.startMs + 5_000);
  const [first] = receipt.interruptions ?? [];
  demand(first?.by === emergency.play, 'the receipt does not say what interrupted it', receipt);
  demand(Math.abs(first.playedMs - CUT_MS) <= NEAR_MS, `it says that ${first.playedMs} ms had sounded`, receipt);
  return { normal, cut: receipt };
}

function demandPreempted(receipt: Receipt): void {
  demand(receipt.outcome === 'partial' && receipt.cause === 'preempted', 'not partial, `preempted`', receipt);
  demand(Math.abs(receipt.playedMs - CUT_MS) <= NEAR_MS, `it counts ${receipt.playedMs} ms`, receipt);
}

async function waits(kit: Kit): Promise<void> {
  const [holder, normal, priority] = await kit.air(
    (startMs) =>
      [
        kit.play('holder', startMs, { durationMs: 2_000 }),
        kit.play('normal', startMs + 400, { late: 'whole' }),
        kit.play('priority', startMs + 800, { late: 'whole', class: 'priority' }),
      ] as const,
  );
  const [held, ahead, behind] = await Promise.all(
    [holder, priority, normal].map(async (play) => (await kit.receipt(play, kit.now + 8_000)).receipt),
  );
  for (const [receipt, play] of [
    [held, holder],
    [ahead, priority],
    [behind, normal],
  ] as const)
    demandComplete(receipt as Receipt, play);
  demand((ahead?.startedAtMs ?? 0) >= (held?.endedAtMs ?? 0) - 100, 'priority cut a normal play', { held, ahead });
  demand((behind?.startedAtMs ?? 0) > (ahead?.startedAtMs ?? 0), 'the normal play went before priority', {
    ahead,
    behind,
  });
}

async function levels(kit: Kit): Promise<void> {
  const [low, same, high] = await kit.air(
    (startMs) =>
      [
        kit.play('low', startMs, { durationMs: 3_000, class: 'emergency' }),
        kit.play('same', startMs + 500, { class: 'emergency', late: 'whole' }),
        kit.play('high', startMs + CUT_MS, { class: 'emergency', level: 'province' }),
      ] as const,
  );
  const above = (await kit.receipt(high)).receipt;
  demandComplete(above, high);
  const beganMs = (above.startedAtMs ?? 0) - high.startMs;
  demand(beganMs <= 1_000, `the emergency of the province waited ${beganMs} ms`, above);
  const below = (await kit.receipt(low, kit.now)).receipt;
  demandPreempted(below);
  demand(below.interruptions?.[0]?.by === high.play, 'an emergency of its own level cut it', below);
  demandComplete((await kit.receipt(same, kit.now + 2_000)).receipt, same);
}

export const PREEMPTION: readonly Clause[] = [
  clause({
    id: 'preempt.emergency',
    title: 'An emergency cuts what sounds, at once (case 13)',
    proves: 'An emergency interrupts; without `interrupted` what it cut ends there. Both have honest receipts.',
    check: async (kit) => demandPreempted((await cut(kit, {})).cut),
  }),
  clause({
    id: 'preempt.resume',
    title: 'What is to `resume` goes on from where it was',
    proves: '`resume` goes on when what is left still ends by `latestEndMs`. The minimum profile drops it.',
    async check(kit) {
      const { normal, cut: receipt } = await cut(kit, { interrupted: 'resume' });
      if (kit.profile === 'minimum' && receipt.outcome === 'partial') return demandPreempted(receipt);
      demandComplete(receipt, normal);
      const [{ againAtMs, playedMs } = { againAtMs: null, playedMs: 0 }] = receipt.interruptions ?? [];
      demand(againAtMs !== null, 'it does not say when it went on', receipt);
      demand(receipt.seekMs === 0, 'it was heard from its beginning', receipt);
      const lastedMs = (receipt.endedAtMs ?? 0) - againAtMs;
      const leftMs = normal.audio.durationMs - playedMs;
      demand(Math.abs(lastedMs - leftMs) <= NEAR_MS, `${leftMs} ms were left, and it went on for ${lastedMs}`, receipt);
    },
  }),
  clause({
    id: 'preempt.makeUp',
    title: 'What is to be made up begins anew',
    proves:
      '`makeUp` begins anew when the whole still fits; `playedMs` is its longest run. The minimum profile drops it.',
    async check(kit) {
      const { normal, cut: receipt } = await cut(kit, { interrupted: 'makeUp' });
      if (kit.profile === 'minimum' && receipt.outcome === 'partial') return demandPreempted(receipt);
      demandComplete(receipt, normal);
      const lastedMs = (receipt.endedAtMs ?? 0) - (receipt.interruptions?.[0]?.againAtMs ?? 0);
      demand(lastedMs >= normal.audio.durationMs - 200, `its last run was ${lastedMs} ms`, receipt);
    },
  }),
  clause({
    id: 'preempt.dropped',
    title: 'What no longer fits does not go on',
    proves: 'What is interrupted and cannot end by `latestEndMs` is partial, `preempted`.',
    async check(kit) {
      const beganMs = kit.now + kit.leadMs;
      const { cut: receipt } = await cut(kit, { interrupted: 'makeUp', latestEndMs: beganMs + 4_000 });
      demandPreempted(receipt);
    },
  }),
  clause({
    id: 'preempt.waits',
    title: 'Priority waits for its turn and is first among those who wait',
    proves: 'Who gets the loudspeaker: class, level, start, id. Priority is ahead and cuts nothing.',
    check: waits,
  }),
  clause({
    id: 'preempt.level',
    title: 'An emergency is cut by one of a higher level alone',
    proves: 'Emergency cuts all but an emergency of its own or a higher level.',
    check: levels,
  }),
];
