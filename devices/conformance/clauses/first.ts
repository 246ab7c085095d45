import type { Clause } from '../clause.js';
import type { Kit } from '../kit.js';
import { demand } from '../verdict.js';

/** By hand a controller is started when its maker is ready; as a program it starts at once. */
const ENROL_MS = { byHand: 15 * 60_000, asProgram: 60_000 };
const CONNECT_MS = 60_000;
const TIME_MS = 30_000;
const FETCH_MS = 90_000;
/** Lengths that the clauses play, fetched ahead. */
const TONES_MS = [1_000, 2_000, 2_500, 3_000, 4_000, 10_000, 20_000];
const DAY_MS = 86_400_000;

const first = (clause: Omit<Clause, 'profile' | 'phase'>): Clause => ({ profile: 'minimum', phase: 'run', ...clause });

/** Steps without which nothing else can be tried; in this order, and always. */
export const ENROLS = first({
  id: 'first.enrols',
  title: 'Enrols with the claim',
  proves: '`POST {url}/api/device/v1/enrolments` with the code of the claim, within the time of a person.',
  limitMs: ENROL_MS.byHand + 1_000,
  async check(kit: Kit) {
    const { desk } = kit.station;
    const withinMs = kit.canRestart ? ENROL_MS.asProgram : ENROL_MS.byHand;
    const asking = desk.asked.next(
      ({ device }) => device === kit.device || device === '',
      'enrolment with the claim',
      withinMs,
      0,
      () => kit.lastWords,
    );
    const asked = await Promise.race([asking, kit.controllerEnds()]);
    demand(asked.status === 201, `the enrolment was answered with ${asked.status}`, asked.request);
  },
});

export const CONNECTS = first({
  id: 'first.connects',
  title: 'Connects to the broker that the enrolment named',
  proves: 'The answer names the broker and holds the token.',
  limitMs: CONNECT_MS + 1_000,
  async check(kit: Kit) {
    const seen = await kit.station.broker.connects.next(
      ({ clientId, username }) => clientId === kit.device || username === kit.device,
      'connection',
      CONNECT_MS,
      0,
      () => kit.lastWords,
    );
    demand(seen.known, 'user, client id or password is not that of the enrolment', seen);
    await kit.told((state) => state.online, 'state', CONNECT_MS);
  },
});

export const KNOWS_TIME = first({
  id: 'first.time',
  title: 'Learns the time',
  proves: 'The answer, signed over the nonce, plus half the round trip, is server time.',
  limitMs: TIME_MS + 1_000,
  async check(kit: Kit) {
    await kit.told((state) => state.online && state.trust === 'trusted', 'state with `trust: trusted`', TIME_MS);
  },
});

export const HOLDS_PLAN = first({
  id: 'first.plan',
  title: 'Takes its plan and fetches all that it needs',
  proves: 'The parts, then the audio; `plan` tells the version that is here whole, `state` that all audio is too.',
  limitMs: FETCH_MS + 1_000,
  async check(kit: Kit) {
    const began = kit.now;
    // Tomorrow, so that they are fetched and do not sound.
    const tomorrow = TONES_MS.map((durationMs, n) =>
      kit.play('rehearsal', began + DAY_MS + n * 60_000, { durationMs }),
    );
    const since = kit.here;
    await kit.synced(kit.station.plan.change({ add: tomorrow }), FETCH_MS);
    await kit.told((state) => state.online && state.ready, 'state with `ready: true`', FETCH_MS, since);
    // A device behind a slow network gets its plans that much earlier.
    kit.leadMs += Math.min(20_000, Math.ceil((kit.now - began) / 4));
  },
});
