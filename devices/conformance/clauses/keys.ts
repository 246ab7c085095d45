import { topics } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import type { Kit } from '../kit.js';
import type { SigningKey } from '../station/keys.js';
import { demand } from '../verdict.js';

const clause = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs' | 'needs'>): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 30_000,
  needs: ['keys', 'commands'],
  ...each,
});

/** A command by this key has no effect and is reported. */
async function disobeys(kit: Kit, by: SigningKey): Promise<void> {
  const since = kit.here;
  const { id } = kit.command({ kind: 'volume', percent: kit.volumePercent }, { by });
  await kit.marker();
  demand(
    kit.statuses(id).every(({ state }) => state !== 'done'),
    'it obeyed a command by that key',
    kit.statuses(id),
  );
  await kit.reported('commandRejected', since);
}

export const KEYS: readonly Clause[] = [
  clause({
    id: 'keys.older',
    title: 'Refuses a lower version of the key set',
    proves: 'A replayed old set would revive revoked keys: a lower version is ignored and reported.',
    async check(kit) {
      const { keys, broker } = kit.station;
      const since = kit.here;
      broker.publish(topics.keys, keys.signed(keys.version - 1, [keys.revoked]));
      await kit.reported('keysRejected', since);
      await disobeys(kit, keys.revoked);
    },
  }),
  clause({
    id: 'keys.forged',
    title: 'Refuses a key set that its root did not sign',
    proves: 'Only the root key that was pinned at enrolment signs key sets.',
    async check(kit) {
      const { keys, broker } = kit.station;
      const since = kit.here;
      broker.publish(topics.keys, keys.signed(keys.version + 100, [keys.stranger], keys.stranger));
      await kit.reported('keysRejected', since);
      await disobeys(kit, keys.stranger);
    },
  }),
  clause({
    id: 'keys.newer',
    title: 'Takes a higher version of the key set',
    proves: 'The key set is retained; the highest version that was seen holds.',
    async check(kit) {
      const { keys, broker } = kit.station;
      broker.publish(topics.keys, keys.raise(), { retain: true });
      await kit.marker();
      const since = kit.here;
      // What was the present one is old now.
      broker.publish(topics.keys, keys.signed(keys.version - 1));
      await kit.reported('keysRejected', since);
    },
  }),
  clause({
    id: 'keys.unknown',
    title: 'Refuses what an unknown key signed',
    proves: 'A device obeys nothing that a key of its set did not sign, and reports it.',
    check: (kit) => disobeys(kit, kit.station.keys.stranger),
  }),
  clause({
    id: 'keys.scope',
    title: 'Refuses what a key of another area signed',
    proves: 'A key speaks for the areas of its scope, each with everything below it, or for `*`.',
    check: (kit) => disobeys(kit, kit.station.keys.elsewhere),
  }),
  clause({
    id: 'keys.validity',
    title: 'Refuses what a key signed outside its validity',
    proves: 'A key speaks from `from` until `until`, by the time of the service.',
    async check(kit) {
      await disobeys(kit, kit.station.keys.expired);
      await disobeys(kit, kit.station.keys.notYet);
    },
  }),
];
