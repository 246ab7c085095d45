import { STATE_EVERY_MS, topics } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import { type Kit, SLACK_MS } from '../kit.js';
import { demand } from '../verdict.js';

/** A question that nobody answers is asked again after 5 s. */
const AGAIN_WITHIN_MS = 5_000 + 4_000;

const opening = (clause: Omit<Clause, 'profile' | 'phase' | 'limitMs'>): Clause => ({
  profile: 'minimum',
  phase: 'opening',
  limitMs: 60_000,
  ...clause,
});

const asksAgain = (kit: Kit, since: number, what: string) =>
  kit.hears(({ uplink }) => uplink === 'time', what, AGAIN_WITHIN_MS, since);

/** False answers to the first question, once for the clauses that look at them. */
const deceived = (kit: Kit) =>
  kit.once('deceived', async () => {
    const { station } = kit;
    const first = await asksAgain(kit, 0, 'question for the time');
    const { nonce } = first.message as { nonce: string };
    const since = kit.here;
    station.sendTime('another-question-altogether');
    station.sendTime(nonce, { by: station.keys.stranger });
    // The next question is the proof that neither was taken for an answer.
    const again = await asksAgain(kit, first.n + 1, 'second question for the time');
    return { since, first, again };
  });

export const OPENING: readonly Clause[] = [
  opening({
    id: 'time.again',
    title: 'Asks for the time again, with a fresh nonce',
    proves: 'Without an answer the question is asked again after 5 s, with another nonce of 16 to 64 letters.',
    async check(kit) {
      const { first, again } = await deceived(kit);
      const nonces = [first, again].map(({ message }) => (message as { nonce: string }).nonce);
      demand(nonces[0] !== nonces[1], 'the nonce is the same', nonces);
      demand(
        nonces.every((nonce) => /^[A-Za-z0-9_-]{16,64}$/.test(nonce)),
        'not 16 to 64 letters',
        nonces,
      );
    },
  }),
  opening({
    id: 'time.other',
    title: 'Ignores an answer to another question, and one that is wrongly signed',
    proves: 'Only an answer over the device’s own nonce, signed by a key of the set, is the time.',
    async check(kit) {
      const { since } = await deceived(kit);
      await kit.reported('timeRejected', since);
      // What it believes may be told a moment later.
      await kit.until(kit.now + STATE_EVERY_MS + 500);
      const { state } = kit.station;
      demand(state?.online === true && state.trust === 'untrusted', 'it trusts a time that nobody told it', state);
    },
  }),
  opening({
    id: 'time.none',
    title: 'Plays nothing scheduled before the time is known (case 24)',
    proves:
      'Without an answer in this boot nothing scheduled plays; the receipts say `noTrustedTime` once time is known.',
    async check(kit) {
      const play = kit.play('untimed', kit.now + kit.leadMs + 1_500);
      await kit.synced(kit.station.plan.change({ add: [play] }), SLACK_MS + 10_000);
      await kit.until(play.startMs + 1_500);
      demand(!kit.soundedAt(play.play), 'it sounded', kit.soundedAt(play.play));
      demand(kit.station.ledger.of(play.play).length === 0, 'a receipt before the time is known');
      await kit.gate?.arrive('time.none');
      const { receipt } = await kit.receipt(play, kit.now + 2 * AGAIN_WITHIN_MS);
      demand(receipt.outcome === 'notPlayed', 'the receipt says that it played', receipt);
      demand(receipt.cause === 'noTrustedTime', 'the receipt gives another cause', receipt.cause);
    },
  }),
  opening({
    id: 'commands.held',
    title: 'Holds a command until the time is known',
    proves: 'Its key’s validity and its expiry are judged by time: without any it waits, and is obeyed then.',
    async check(kit) {
      await asksAgain(kit, 0, 'question for the time');
      const { id } = kit.command({ kind: 'volume', percent: kit.volumePercent });
      await deceived(kit);
      await kit.until(kit.now + 1_000);
      demand(
        kit.statuses(id).every(({ state }) => state === 'received'),
        'it was judged without time',
        kit.statuses(id),
      );
      await kit.gate?.arrive('commands.held');
      const { state } = await kit.answered(id, 2 * AGAIN_WITHIN_MS);
      demand(state === 'done', `it was ${state}`);
    },
  }),
];

export const TIME: readonly Clause[] = [
  {
    id: 'time.nonce',
    title: 'Never asks for the time twice with the same nonce',
    proves: 'The nonce is fresh and unguessable, so that a recorded answer proves nothing.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const asked = kit.station.heard.all.filter(({ topic }) => topic.endsWith('/time'));
      const nonces = asked.map(({ message }) => (message as { nonce?: string }).nonce);
      demand(nonces.length > 0, `it never asked on ${topics.up(kit.device, 'time')}`);
      demand(new Set(nonces).size === nonces.length, 'a nonce came twice', nonces);
    },
  },
];
