import type { Clause } from '../clause.js';
import { type Kit, SLACK_MS } from '../kit.js';
import type { Trick } from '../station/enrolment-desk.js';
import { demand, NotTried } from '../verdict.js';

const ASK_MS = 30_000;
/** A controller that takes a false answer connects at once; one that refuses it has this long to end. */
const REFUSAL_MS = 3_000;
/** A device that waits longer before each try is away for longer than its plan needs. */
const RENEWAL_MS = 75_000;
/** One that was refused again and again may wait so long before its next try. */
const PATIENCE_MS = 95_000;

/** Starts the controller with a claim of its own whose answer is false, and sees that it goes no further. */
function refuses(id: string, trick: Trick, title: string, proves: string): Clause {
  return {
    id,
    title,
    proves,
    profile: 'minimum',
    phase: 'trial',
    restarts: true,
    limitMs: ASK_MS + REFUSAL_MS + 10_000,
    async check(kit: Kit) {
      const { desk, broker } = kit.station;
      const device = `trial-${trick}`;
      const program = kit.program(kit.station.claim(device, trick), device, false);
      await program.start();
      try {
        await desk.asked.next(
          (asked) => asked.device === device,
          'enrolment',
          ASK_MS,
          0,
          () => program.said,
        );
        const connected = broker.connects.next(({ clientId }) => clientId === device, 'connection', REFUSAL_MS);
        // Ending is the surest way of going no further.
        const went = await Promise.race([kit.came(connected), program.gone.then(() => false)]);
        demand(!went, 'the controller went on to the broker with an answer that it must not trust');
      } finally {
        await program.kill();
      }
    },
  };
}

export const ENROLMENT: readonly Clause[] = [
  refuses(
    'enrol.root',
    'otherRoot',
    'Refuses a root key that is not the claim’s',
    'The SHA-256 of `rootPublicKey` must be the claim’s `root`: the claim came by another way than the answer.',
  ),
  refuses(
    'enrol.keySet',
    'otherKeySet',
    'Refuses a key set that the root did not sign',
    'Trust goes from the root key of the claim to the key set to the identity; each link is checked.',
  ),
  refuses(
    'enrol.identity',
    'otherIdentity',
    'Refuses an identity for another key',
    'The identity states the key with which the device asked; any other is refused.',
  ),
  {
    id: 'enrol.lost',
    title: 'Repeats the enrolment with the same key when the answer was lost',
    proves: 'The key is stored before anybody hears of it: the enrolment may be repeated with the same key.',
    profile: 'minimum',
    phase: 'trial',
    restarts: true,
    limitMs: 2 * ASK_MS + 10_000,
    async check(kit) {
      const { asked } = kit.station.desk;
      const device = 'trial-lost';
      const program = kit.program(kit.station.claim(device, 'lost'), device, true);
      await program.start();
      try {
        const ofTrial = (at: { device: string }) => at.device === device;
        const first = await asked.next(ofTrial, 'enrolment', ASK_MS, 0, () => program.said);
        const since = asked.all.indexOf(first) + 1;
        const second = await asked.next(ofTrial, 'second enrolment', ASK_MS, since, () => program.said);
        demand(
          second.request?.publicKey === first.request?.publicKey,
          'the second enrolment was with another key',
          second.request,
        );
      } finally {
        await program.kill();
      }
    },
  },
  {
    id: 'enrol.proof',
    title: 'Proves that it owns the key it names',
    proves: '`proof` is the signature of the device’s key over `vang-enrol\\n{code}\\n{publicKey}`.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { all } = kit.station.desk.asked;
      demand(all.length > 0, 'there was no enrolment');
      const wrong = all.filter(({ request, proofHolds }) => request === null || !proofHolds);
      demand(wrong.length === 0, 'an enrolment was malformed or its proof does not hold', wrong[0]);
    },
  },
  {
    id: 'enrol.renewal',
    title: 'Asks for another token when the broker refuses the one it has',
    proves: 'CONNACK 4 or 5: a device proves its key over a challenge, gets a token, and comes back with it.',
    profile: 'full',
    phase: 'run',
    alone: true,
    limitMs: RENEWAL_MS + PATIENCE_MS + SLACK_MS + 10_000,
    async check(kit) {
      const { broker, desk } = kit.station;
      const [since, heard, renewed] = [broker.connects.end, kit.here, desk.renewed.end];
      const mine = (clientId: string) => clientId === kit.device;
      const back = (each: { clientId: string; known: boolean }) => mine(each.clientId) && each.known;
      const takeBack = desk.forgetToken(kit.device);
      broker.cut();
      try {
        await desk.renewed.next(mine, 'another token', RENEWAL_MS, renewed, () => desk.proofs.failed);
      } catch (error) {
        // What comes after needs a device that is there and knows it: one cut off before it heard the broker's yes counts
        // one more refusal, and waits the longer.
        takeBack();
        const here = kit.here;
        await broker.connects
          .next(back, 'connection', PATIENCE_MS, broker.connects.end)
          .then(() => kit.told((state) => state.online, 'state', SLACK_MS, here))
          .catch(() => undefined);
        throw error;
      }
      await broker.connects.next(back, 'connection with the new token', RENEWAL_MS, since);
      await kit.told((state) => state.online, 'state after the new connection', SLACK_MS, heard);
    },
  },
  {
    id: 'enrol.token',
    title: 'Proves itself when it asks for a token or changes its key',
    proves: 'A new token needs a signature over `vang-token\\n{device}\\n{challenge}`, another key one of both keys.',
    profile: 'full',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { held, failed } = kit.station.desk.proofs;
      if (held + failed.length === 0) throw new NotTried('the controller never asked');
      demand(failed.length === 0, 'a proof does not hold', failed);
    },
  },
];
