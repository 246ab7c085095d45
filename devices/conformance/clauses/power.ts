import type { Clause } from '../clause.js';
import { type Kit, SLACK_MS } from '../kit.js';
import { demand, NotTried } from '../verdict.js';
import { demandComplete } from './play.js';

/** How long a controller may need from power to its first word. */
const BOOT_MS = 60_000;
/** Sound may go on for what stood in a buffer, and a journal may be half a second behind. */
const BEHIND_MS = 1_500;
const AHEAD_MS = 400;

const clause = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs' | 'needs' | 'alone' | 'restarts'>): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 150_000,
  needs: ['loudspeaker'],
  alone: true,
  restarts: true,
  ...each,
});

/** One receipt that nobody acknowledged, then the power goes while the next play sounds. */
const powerCut = (kit: Kit) =>
  kit.once('powerCut', async () => {
    const { station } = kit;
    if (!kit.canRestart) throw new NotTried('the kit cannot cut the power of this controller (--start)');
    station.acknowledges = false;
    const before = station.state;
    try {
      const [told, cut, after] = await kit.air(
        (startMs) =>
          [
            kit.play('told', startMs),
            kit.play('cut', startMs + 1_600, { durationMs: 20_000 }),
            kit.play('during', startMs + 4_500),
          ] as const,
      );
      const owed = await kit.receipt(told);
      await kit.sounds(cut);
      await kit.until(cut.startMs + 2_500);
      await kit.cutPower();
      const cutAtMs = kit.now;
      await kit.until(after.startMs + 1_500);
      const since = station.ledger.batches.end;
      const heard = kit.here;
      station.acknowledges = true;
      await kit.powerOn();
      await kit.told((state) => state.online, 'state after the power cut', BOOT_MS, heard);
      const partial = await kit.receipt(cut, kit.now + 2 * SLACK_MS);
      const missed = await kit.receipt(after, kit.now + 2 * SLACK_MS);
      return { before, owed, partial, missed, cut, cutAtMs, since };
    } finally {
      station.acknowledgeOwed();
    }
  });

export const POWER: readonly Clause[] = [
  clause({
    id: 'power.partial',
    title: 'Writes a partial receipt with the real seconds after a power cut (case 7)',
    proves: 'A power cut in mid-play gives a partial receipt at the next boot, with what had sounded.',
    async check(kit) {
      const { partial, cut, cutAtMs } = await powerCut(kit);
      const { outcome, cause, playedMs } = partial.receipt;
      demand(outcome === 'partial', 'the receipt is not partial', partial.receipt);
      demand(cause === 'powerLost' || cause === 'playerStopped', 'the cause is neither power nor program', cause);
      const soundedMs = cutAtMs - cut.startMs;
      const real = playedMs >= soundedMs - BEHIND_MS && playedMs <= soundedMs + AHEAD_MS;
      demand(real, `it says ${playedMs} ms, and about ${soundedMs} ms had sounded`, partial.receipt);
    },
  }),
  clause({
    id: 'power.missed',
    title: 'Writes a receipt for what it missed without power (case 19)',
    proves: 'A missed play gets its receipt at the next boot: `notPlayed`, for want of power or of the program.',
    async check(kit) {
      const { receipt } = (await powerCut(kit)).missed;
      demand(receipt.outcome === 'notPlayed', 'it says that it sounded', receipt);
      const causes: (string | null)[] = ['powerLost', 'playerStopped', 'noTrustedTime'];
      demand(causes.includes(receipt.cause), 'the cause is another', receipt.cause);
    },
  }),
  clause({
    id: 'power.kept',
    title: 'Keeps unacknowledged receipts over a power cut',
    proves: 'A receipt is durable before anything else happens, and is sent until it is acknowledged.',
    async check(kit) {
      const { owed, since } = await powerCut(kit);
      const { boot, seq } = owed.receipt;
      const again = await kit.station.ledger.batches
        .next(
          ({ batch }) => batch.boot === boot && batch.first <= seq && batch.last >= seq,
          'batch',
          2 * SLACK_MS,
          since,
        )
        .catch(() => null);
      demand(
        again !== null,
        'a receipt of before the power cut, which nobody acknowledged, did not come again',
        owed.receipt,
      );
    },
  }),
  clause({
    id: 'power.boot',
    title: 'Counts its boots',
    proves: '`boot` is a counter that never goes back, with a random id; a boot’s receipts count from 1.',
    async check(kit) {
      const { owed, partial } = await powerCut(kit);
      demand(partial.receipt.boot > owed.receipt.boot, 'the boot is not higher', partial.receipt);
      demand(partial.receipt.bootId !== owed.receipt.bootId, 'the id of the boot is the same', partial.receipt);
      demand(partial.receipt.seq === 1 || partial.receipt.seq === 2, 'its receipts do not begin at 1', partial.receipt);
    },
  }),
  clause({
    id: 'power.goesOn',
    title: 'Plays its plan after a power cut',
    proves: 'Key, identity, plan and audio survive: no person is needed after a power cut.',
    async check(kit) {
      await powerCut(kit);
      const [play] = await kit.air((startMs) => [kit.play('afterwards', startMs)] as const);
      demandComplete((await kit.receipt(play)).receipt, play);
    },
  }),
];
