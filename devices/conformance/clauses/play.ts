import { COMPLETE_WITHIN_MS, ON_TIME_MS, type PlannedPlay, type Receipt } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import type { Kit } from '../kit.js';
import { demand } from '../verdict.js';

/** A state that says what sounds may take this long to come. */
const TOLD_WITHIN_MS = 1_500;
/** Sound that was told to be silent is so within this. */
const SILENT_WITHIN_MS = 700;
/** A clock that was learnt over a network is no better than this. */
const CLOCK_MS = 150;

const clause = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs' | 'needs'> & { limitMs?: number }): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 40_000,
  needs: ['loudspeaker'],
  ...each,
});

export function demandComplete(receipt: Receipt, { audio }: PlannedPlay): void {
  demand(receipt.outcome === 'complete' && receipt.cause === null, 'it did not sound whole', receipt);
  demand(receipt.grade === 'completed', 'the grade of a complete play is `completed`', receipt.grade);
  const { playedMs } = receipt;
  demand(
    playedMs >= audio.durationMs - COMPLETE_WITHIN_MS && playedMs <= audio.durationMs + COMPLETE_WITHIN_MS,
    `${playedMs} ms of ${audio.durationMs} sounded`,
    receipt,
  );
}

function demandNotPlayed(receipt: Receipt, causes: readonly string[]): void {
  demand(receipt.outcome === 'notPlayed', 'the receipt does not say `notPlayed`', receipt);
  demand(receipt.startedAtMs === null && receipt.playedMs === 0, 'nothing sounded, so there is no start', receipt);
  demand(causes.includes(receipt.cause ?? ''), `the cause is not ${causes.join(' or ')}`, receipt.cause);
}

/** A play of which the plan tells only `lateMs` after its start. */
async function toldLate(
  kit: Kit,
  sketch: Partial<PlannedPlay> & { durationMs: number },
  lateMs: number,
): Promise<PlannedPlay> {
  const play = kit.play('late', kit.now - lateMs, sketch);
  kit.station.plan.change({ add: [play] });
  return play;
}

export const PLAY: readonly Clause[] = [
  clause({
    id: 'play.onTime',
    title: `Begins within ${ON_TIME_MS} ms of the planned instant, never before it`,
    proves: 'Play at `startMs`; `state` says what sounds, and the receipt when it began.',
    async check(kit) {
      const [play] = await kit.air((startMs) => [kit.play('timely', startMs)] as const);
      const heard = await kit.sounds(play);
      const { receipt } = await kit.receipt(play);
      demandComplete(receipt, play);
      const began = (receipt.startedAtMs ?? 0) - play.startMs;
      demand(began >= -CLOCK_MS && began <= ON_TIME_MS, `it began ${began} ms after the planned instant`, receipt);
      const told = heard.atMs - play.startMs;
      demand(told >= -CLOCK_MS && told <= TOLD_WITHIN_MS, `the state says so ${told} ms after it`, heard.message);
    },
  }),
  clause({
    id: 'play.volume',
    title: 'Sounds as loud as it is told',
    proves: 'Play at `volume`, percent of the file’s own amplitude; the receipt says at which it sounded.',
    async check(kit) {
      const [play] = await kit.air((startMs) => [kit.play('quiet', startMs, { volume: 37 })] as const);
      const { receipt } = await kit.receipt(play);
      demandComplete(receipt, play);
      demand(receipt.volume === 37, `the receipt says volume ${receipt.volume} instead of 37`);
    },
  }),
  clause({
    id: 'play.latestEnd',
    title: 'Is silent by the latest end',
    proves: 'After `latestEndMs` sound must be silent, whatever the policy; the receipt is partial, `cutShort`.',
    async check(kit) {
      const [play] = await kit.air(
        (startMs) => [kit.play('cut', startMs, { durationMs: 4_000, latestEndMs: startMs + 1_500 })] as const,
      );
      const heard = await kit.sounds(play);
      const silent = await kit.silentAgain(heard.n);
      const overMs = silent.atMs - play.latestEndMs;
      demand(overMs <= TOLD_WITHIN_MS, `it says that it is silent ${overMs} ms after the latest end`);
      const { receipt } = await kit.receipt(play);
      demand(receipt.outcome === 'partial' && receipt.cause === 'cutShort', 'the receipt says otherwise', receipt);
      const endedMs = (receipt.endedAtMs ?? 0) - play.latestEndMs;
      demand(endedMs <= SILENT_WITHIN_MS, `it sounded until ${endedMs} ms after the latest end`, receipt);
    },
  }),
  clause({
    id: 'play.missing',
    title: 'Says so when the audio has not arrived',
    proves: 'A play whose audio is not here gets a receipt too: `notPlayed`, `assetMissing`.',
    async check(kit) {
      const audio = kit.audio(1_000, `missing ${kit.now}`, 0, { withheld: true });
      const [play] = await kit.air((startMs) => [kit.play('missing', startMs, { audio })] as const);
      const { receipt } = await kit.receipt(play);
      demandNotPlayed(receipt, ['assetMissing']);
    },
  }),
  clause({
    id: 'play.damaged',
    title: 'Says so when the audio cannot be decoded',
    proves: 'What cannot be decoded gets a receipt: `notPlayed`, `assetDamaged`.',
    async check(kit) {
      const ref = kit.station.shelf.store(Buffer.from(`no audio at all ${kit.now} `.repeat(40)));
      const audio = { ...ref, type: 'audio/ogg; codecs=opus', durationMs: 1_000 };
      const [play] = await kit.air((startMs) => [kit.play('damaged', startMs, { audio })] as const);
      const { receipt } = await kit.receipt(play);
      demandNotPlayed(receipt, ['assetDamaged', 'soundFailed']);
    },
  }),
  clause({
    id: 'play.once',
    title: 'Does not play again what a newer plan names again',
    proves: 'A play that has its final receipt is over, whatever plan still names it.',
    async check(kit) {
      const [play] = await kit.air((startMs) => [kit.play('once', startMs, { late: 'whole' })] as const);
      demandComplete((await kit.receipt(play)).receipt, play);
      const since = kit.here;
      const [next] = await kit.air((startMs) => [kit.play('next', startMs)] as const);
      await kit.receipt(next);
      const again = kit.station.heard.all
        .slice(since)
        .find(({ uplink, message }) => uplink === 'state' && (message as { playing?: string }).playing === play.play);
      demand(!again, 'it sounded a second time', again);
      demand(kit.station.ledger.of(play.play).length === 1, 'it has a second receipt');
    },
  }),
  clause({
    id: 'late.skip',
    title: 'Skips a late play whose policy is `skip`',
    proves: '`skip` after 1 s: what the loudspeaker could not begin in time is not played, cause `late`.',
    async check(kit) {
      const [holder, play] = await kit.air(
        (startMs) => [kit.play('holder', startMs, { durationMs: 2_500 }), kit.play('skipped', startMs + 400)] as const,
      );
      demandComplete((await kit.receipt(holder)).receipt, holder);
      demandNotPlayed((await kit.receipt(play, kit.now)).receipt, ['late']);
    },
  }),
  clause({
    id: 'late.seek',
    title: 'Joins a late play whose policy is `seek`',
    proves: '`seek` joins where it would be by now, so that it ends when planned; its receipt is partial, `late`.',
    async check(kit) {
      const play = await toldLate(kit, { durationMs: 4_000, late: 'seek' }, 2_000);
      const { receipt } = await kit.receipt(play);
      demand(receipt.outcome === 'partial' && receipt.startedAtMs !== null, 'it did not join', receipt);
      const joined = receipt.startedAtMs - play.startMs;
      demand(
        Math.abs(receipt.seekMs - joined) <= 600,
        `it joined at ${receipt.seekMs} of the item, ${joined} ms late`,
        receipt,
      );
      const over = (receipt.endedAtMs ?? 0) - (play.startMs + play.audio.durationMs);
      demand(over <= SILENT_WITHIN_MS, `it ended ${over} ms after its planned end`, receipt);
    },
  }),
  clause({
    id: 'late.whole',
    title: 'Plays a late play from the beginning whose policy is `whole`',
    proves: '`whole` plays from the beginning if the whole fits before `latestEndMs`.',
    async check(kit) {
      const play = await toldLate(kit, { durationMs: 1_000, late: 'whole' }, 2_000);
      const { receipt } = await kit.receipt(play);
      demandComplete(receipt, play);
      demand(receipt.seekMs === 0 && receipt.lateMs >= 1_900, 'the receipt does not say how late it was', receipt);
    },
  }),
  clause({
    id: 'late.noRoom',
    title: 'Does not begin a late play that no longer fits',
    proves: '`whole` that would not end by `latestEndMs` is not played.',
    async check(kit) {
      const durationMs = 3_000;
      const play = await toldLate(kit, { durationMs, late: 'whole', latestEndMs: kit.now + 1_800 }, 1_500);
      demandNotPlayed((await kit.receipt(play)).receipt, ['planLate', 'noTimeLeft']);
    },
  }),
];
