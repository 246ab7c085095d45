import { describe, expect, test } from '@jest/globals';
import type { InterruptedPolicy, PlannedPlay } from '../../protocol/index.js';
import { heardMs } from '../testing/loudspeaker.js';
import { at, audioNamed, type PlayOptions, playOf } from '../testing/plans.js';
import { World } from '../testing/world.js';
import { replay, UNBORN } from './index.js';

const START = at('5:30');
const AUDIO = ['talk', 'flood', 'dam'].map((name) => audioNamed(name));
const [TALK, FLOOD, DAM] = AUDIO as [(typeof AUDIO)[0], (typeof AUDIO)[0], (typeof AUDIO)[0]];

/** A priority item of 60 s. */
const talk = (interrupted: InterruptedPolicy, options: Partial<PlayOptions> = {}) =>
  playOf(START, { play: 'talk', class: 'priority', interrupted, audio: TALK, ...options });
/** An emergency of the commune, 30 s, at 20 s. */
const flood = (options: Partial<PlayOptions> = {}) =>
  playOf(START + 20_000, { play: 'flood', class: 'emergency', durationMs: 30_000, audio: FLOOD, ...options });
/** An emergency of the province, 10 s, in the middle of the one of the commune. */
const dam = (options: Partial<PlayOptions> = {}) =>
  playOf(START + 30_000, {
    play: 'dam',
    class: 'emergency',
    level: 'province',
    durationMs: 10_000,
    audio: DAM,
    ...options,
  });

const world = (...plays: readonly PlannedPlay[]) => World.ready(at('5:00'), plays, ...AUDIO);
const order = ({ sounded }: World) => sounded.map(({ play }) => play);

describe('case 13: an emergency in the middle of a priority item', () => {
  test('resume: it goes on from where it was, both receipts right', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood', 'talk']);
    const [first, , second] = scene.sounded;
    const heardFirstMs = (first?.endedMs ?? 0) - (first?.startedMs ?? 0);
    expect(second?.seekMs).toBe(heardFirstMs);
    expect(scene.receiptOf('talk')).toMatchObject({
      outcome: 'complete',
      cause: null,
      grade: 'completed',
      playedMs: 60_000,
      seekMs: 0,
      lateMs: 40,
      startedAtMs: first?.startedMs,
      endedAtMs: second?.endedMs,
      planned: { interrupted: 'resume', class: 'priority' },
      interruptions: [{ atMs: START + 20_000, playedMs: heardFirstMs, by: 'flood', againAtMs: second?.startedMs }],
    });
    expect(scene.receiptOf('flood')).toMatchObject({ outcome: 'complete', playedMs: 30_000 });
    expect(scene.receiptOf('flood').interruptions).toBeUndefined();
    expect(scene.receiptOf('flood').lateMs).toBeLessThan(100);
  });

  test('resume: its receipt is not written before its fate is known', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 49_000);
    expect(scene.receipts).toEqual([]);
    expect(scene.state.durable.suspended).toHaveProperty('talk');
    scene.run(START + 51_000);
    expect(scene.receipts.map(({ play }) => play)).toEqual(['flood']);
  });

  test('resume: partial as soon as what is left can no longer end in time', () => {
    const scene = world(talk('resume', { latestEndMs: START + 80_000 }), flood());
    scene.run(START + 45_000);
    // 40 s are left, so it had to go on by 5:30:40.
    expect(scene.receiptOf('talk')).toMatchObject({
      outcome: 'partial',
      cause: 'preempted',
      grade: 'started',
      interruptions: [{ by: 'flood', againAtMs: null }],
    });
    expect(scene.state.durable.suspended).toEqual({});
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood']);
  });

  test('makeUp: it plays again from its beginning', () => {
    const scene = world(talk('makeUp'), flood());
    scene.run(START + 300_000);
    expect(scene.sounded.map(({ play, seekMs }) => [play, seekMs])).toEqual([
      ['talk', 0],
      ['flood', 0],
      ['talk', 0],
    ]);
    expect(scene.receiptOf('talk')).toMatchObject({
      outcome: 'complete',
      playedMs: 60_000,
      startedAtMs: START + 40,
      interruptions: [{ playedMs: 19_965, by: 'flood' }],
    });
  });

  test('makeUp: without time for the whole it is partial, with the seconds of its longest run', () => {
    const scene = world(talk('makeUp', { latestEndMs: START + 100_000 }), flood());
    scene.run(START + 300_000);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'preempted', playedMs: 19_965 });
  });

  test('drop: partial at once, and the receipt names what interrupted', () => {
    const scene = world(talk('drop'), flood());
    scene.run(START + 21_000);
    expect(scene.receiptOf('talk')).toMatchObject({
      outcome: 'partial',
      cause: 'preempted',
      playedMs: 19_965,
      interruptions: [{ atMs: START + 20_000, playedMs: 19_965, by: 'flood', againAtMs: null }],
    });
  });
});

describe('a relay that an emergency interrupts', () => {
  const relay = (interrupted: InterruptedPolicy, options: Partial<PlayOptions> = {}) =>
    talk(interrupted, { late: 'seek', relay: { kind: 'stream', url: 'https://vov.vn/live' }, ...options });

  test.each(['resume', 'makeUp'] as const)(
    '%s: its source went on, so it is joined where it is by now and ends when planned',
    (interrupted) => {
      const scene = world(relay(interrupted), flood());
      scene.run(START + 300_000);
      const [first, emergency, second] = scene.sounded;
      expect(order(scene)).toEqual(['talk', 'flood', 'talk']);
      const missedMs = (second?.startedMs ?? 0) - (first?.endedMs ?? 0);
      expect(missedMs).toBeGreaterThanOrEqual((emergency?.endedMs ?? 0) - (emergency?.startedMs ?? 0));
      // Within what the loudspeaker takes to begin twice.
      expect(Math.abs((second?.endedMs ?? 0) - START - 60_000)).toBeLessThan(100);
      const receipt = scene.receiptOf('talk');
      expect(receipt).toMatchObject({ outcome: 'partial', cause: 'preempted', seekMs: 0, relay: { heardMs: 0 } });
      expect(receipt.playedMs).toBe(
        (first?.endedMs ?? 0) - (first?.startedMs ?? 0) + (second?.endedMs ?? 0) - (second?.startedMs ?? 0),
      );
      expect(receipt.interruptions).toMatchObject([{ by: 'flood', againAtMs: second?.startedMs }]);
    },
  );

  test('past its planned end nothing of it is left to join, whatever its latest end', () => {
    const scene = world(relay('resume', { latestEndMs: START + 300_000 }), flood({ durationMs: 60_000 }));
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood']);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'preempted', playedMs: 19_965 });
  });

  test('drop: it ends there', () => {
    const scene = world(relay('drop'), flood());
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood']);
  });
});

describe('interrupts of interrupts', () => {
  test('an emergency of the province cuts one of the commune; then each goes on where it was', () => {
    const scene = world(talk('resume'), flood({ interrupted: 'resume' }), dam());
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood', 'dam', 'flood', 'talk']);
    for (const [play, playedMs] of [
      ['talk', 60_000],
      ['flood', 30_000],
      ['dam', 10_000],
    ] as const) {
      expect(scene.receiptOf(play)).toMatchObject({ outcome: 'complete', playedMs });
      expect(heardMs(scene.sounded, play)).toBe(playedMs);
    }
    expect(scene.receiptOf('flood').interruptions).toMatchObject([{ by: 'dam' }]);
    expect(scene.receiptOf('talk').interruptions).toMatchObject([{ by: 'flood' }]);
  });

  test('a second interruption of the same item is recorded too', () => {
    const scene = world(talk('resume'), flood(), dam({ level: 'commune', startMs: START + 60_000 }));
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood', 'talk', 'dam', 'talk']);
    const { interruptions, playedMs, outcome } = scene.receiptOf('talk');
    expect([outcome, playedMs]).toEqual(['complete', 60_000]);
    expect(interruptions?.map(({ by }) => by)).toEqual(['flood', 'dam']);
    expect(interruptions?.[1]?.playedMs).toBeGreaterThan(interruptions?.[0]?.playedMs ?? 0);
  });
});

describe('case 7: power cut', () => {
  test('while the emergency sounds: the item goes on afterwards, from where the loudspeaker had been', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 35_000);
    scene.powerCut();
    scene.run(START + 40_000);
    scene.powerOn();
    scene.connect();
    scene.run(START + 300_000);
    expect(scene.receiptOf('flood')).toMatchObject({ outcome: 'partial', cause: 'powerLost', boot: 2 });
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'complete', playedMs: 60_000, boot: 2 });
    expect(heardMs(scene.sounded, 'talk')).toBe(60_000);
  });

  test('until after its latest end: partial, power lost, with the seconds that it had', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 35_000);
    scene.powerCut();
    scene.run(START + 7_200_000);
    scene.powerOn();
    scene.connect();
    scene.run(START + 7_300_000);
    expect(scene.receiptOf('talk')).toMatchObject({
      outcome: 'partial',
      cause: 'powerLost',
      playedMs: 19_965,
      boot: 2,
      interruptions: [{ by: 'flood', againAtMs: null }],
    });
  });

  test('what ended its waiting is named: the player that stopped, the time that was not trusted', () => {
    const stopped = world(talk('resume'), flood());
    stopped.run(START + 35_000);
    stopped.crash();
    stopped.run(START + 7_200_000);
    stopped.startPlayer();
    stopped.run(START + 7_300_000);
    expect(stopped.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'playerStopped', playedMs: 19_965 });

    const untimed = world(talk('resume'), flood());
    untimed.run(START + 35_000);
    untimed.powerCut();
    untimed.run(START + 36_000);
    untimed.powerOn();
    untimed.run(START + 7_200_000);
    untimed.connect();
    untimed.run(START + 7_300_000);
    expect(untimed.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'noTrustedTime', playedMs: 19_965 });
  });

  test('after its last chance to go on: the emergency had taken it already', () => {
    const scene = world(talk('resume', { latestEndMs: START + 80_000 }), flood());
    scene.run(START + 45_000);
    scene.powerCut();
    scene.run(START + 7_200_000);
    scene.powerOn();
    scene.connect();
    scene.run(START + 7_300_000);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'preempted', boot: 1 });
  });

  test('in the part that went on: partial, power lost, with the seconds of both parts', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 70_000);
    scene.powerCut();
    scene.powerOn();
    expect(scene.receiptOf('talk')).toMatchObject({
      outcome: 'partial',
      cause: 'powerLost',
      interruptions: [{ by: 'flood' }],
    });
    const { playedMs } = scene.receiptOf('talk');
    expect(heardMs(scene.sounded, 'talk') - playedMs).toBeGreaterThanOrEqual(0);
    expect(heardMs(scene.sounded, 'talk') - playedMs).toBeLessThanOrEqual(250);
  });

  test('after any record of the journal: one receipt a play, and the seconds are right', () => {
    const plays = [talk('resume'), flood({ interrupted: 'makeUp' }), dam()];
    const reported = { startMs: 40, stopMs: 5, progressMs: 2_000 };
    const undisturbed = world(...plays);
    undisturbed.latency = reported;
    undisturbed.run(START + 300_000);
    const records = undisturbed.journal.length;
    expect(records).toBeGreaterThan(60);
    const outcomes = new Set<string>();
    const first = undisturbed.journal.findIndex(({ t }) => t === 'started');
    for (let count = first; count <= records; count++) {
      const scene = new World();
      scene.checksJournal = true;
      scene.latency = reported;
      scene.powerFailsAfter = count;
      scene.now = at('5:00');
      scene.service.hold(audioNamed('bulletin'));
      scene.powerOn();
      scene.connect();
      scene.plan({ version: 1, plays }, ...AUDIO);
      scene.run(START + 150_000);
      if (!scene.running) {
        scene.powerOn();
        scene.connect();
      }
      scene.run(START + 900_000);
      expect(scene.receipts).toHaveLength(plays.length);
      for (const { play, audio } of plays) {
        const receipt = scene.receiptOf(play);
        outcomes.add(receipt.cause ?? receipt.outcome);
        const heard = heardMs(scene.sounded, play);
        expect(receipt.playedMs).toBeLessThanOrEqual(heard);
        // The journal knows a run until its last report.
        if (receipt.startedAtMs !== null) expect(heard - receipt.playedMs).toBeLessThanOrEqual(reported.progressMs);
        if (receipt.outcome === 'complete') expect(receipt.playedMs).toBe(audio.durationMs);
      }
    }
    expect([...outcomes].sort()).toEqual(['complete', 'powerLost']);
  });
});

describe('between two runs', () => {
  test('case 18: withdrawn, it is partial at once, with what had sounded', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 30_000);
    scene.plan({ version: 2, plays: [flood()] });
    scene.run(START + 31_000);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'withdrawn', playedMs: 19_965 });
    scene.run(START + 300_000);
    expect(order(scene)).toEqual(['talk', 'flood']);
  });

  test('silenced by a person until after its last chance: partial, stopped', () => {
    const scene = world(talk('resume', { latestEndMs: START + 120_000 }), flood());
    scene.run(START + 30_000);
    scene.feed({ type: 'stopPressed' });
    scene.run(START + 300_000);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'stopped', playedMs: 19_965 });
    expect(order(scene)).toEqual(['talk', 'flood']);
  });

  test('an orderly end of the program leaves it to the next boot', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 30_000);
    scene.feed({ type: 'closing' });
    scene.run(START + 31_000);
    expect(scene.receipts.map(({ play }) => play)).toEqual(['flood']);
    scene.crash();
    scene.startPlayer();
    scene.run(START + 300_000);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'complete', boot: 2 });
  });

  test('a sound output that does not begin again: partial, with what had sounded', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 50_070);
    expect(scene.state.starting?.obliged.play.play).toBe('talk');
    scene.endSound('failed');
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'partial', cause: 'soundFailed', playedMs: 19_965 });
  });

  test('a newer plan that tells of it otherwise does not change what has begun', () => {
    const scene = world(talk('resume'), flood());
    scene.run(START + 30_000);
    scene.plan({ version: 2, plays: [talk('drop', { latestEndMs: START + 60_000 }), flood()] });
    scene.run(START + 300_000);
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'complete', planVersion: 1 });
  });
});

describe('in the last instant', () => {
  test('interrupted when nothing more was to be heard, it is complete', () => {
    const scene = world(talk('resume'), flood({ startMs: START + 60_038 }));
    scene.run(START + 300_000);
    // The sound ended by itself before the output could be stopped.
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'complete', playedMs: 60_000 });
    expect(scene.receiptOf('talk').interruptions).toBeUndefined();
  });

  test('a rest that the output finds empty is complete', () => {
    const scene = world(talk('resume'), flood({ startMs: START + 60_030 }));
    scene.run(START + 90_075);
    expect(scene.state.starting).toMatchObject({ seekMs: 59_995 });
    scene.endSound('end');
    expect(scene.receiptOf('talk')).toMatchObject({ outcome: 'complete', playedMs: 59_995 });
  });
});

test('an emergency whose start falls into the very millisecond of a progress report is not missed', () => {
  const scene = world(talk('drop'), flood({ startMs: START + 40 + 80 * 250 }));
  scene.run(START + 300_000);
  expect(scene.receiptOf('flood').lateMs).toBeLessThan(100);
});

test('a journal of a release without interruptions is still understood', () => {
  const { suspended: _, ...old } = UNBORN;
  expect(replay([{ t: 'snapshot', durable: old as typeof UNBORN }])).toEqual(UNBORN);
});
