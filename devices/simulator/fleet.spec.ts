import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Fleet } from './fleet.js';
import { type PlaySketch, ServiceStandIn } from './service.stand-in.js';
import { type FleetConfig, type FleetEvent, fleetConfig } from './stdio.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const AUDIO = randomBytes(70_000);
const THREE_PLAYS: readonly PlaySketch[] = [
  { play: 'morning', afterMs: HOUR, durationMs: 5 * MINUTE },
  { play: 'noon', afterMs: 6 * HOUR, durationMs: 3 * MINUTE },
  { play: 'evening', afterMs: 12 * HOUR, durationMs: 8 * MINUTE },
];
/** The second part follows the first without a pause. */
const RUNNING_ORDER: readonly PlaySketch[] = [
  { play: 'headlines', afterMs: HOUR, durationMs: MINUTE },
  { play: 'news', afterMs: HOUR + MINUTE, durationMs: 5 * MINUTE },
  { play: 'evening', afterMs: 12 * HOUR, durationMs: MINUTE },
];

let service: ServiceStandIn;
let fleet: Fleet;
let events: FleetEvent[];
let waiting: { test: () => boolean; resolve: () => void }[];
let skewMs: number;

beforeEach(async () => {
  service = new ServiceStandIn();
  await service.start();
  events = [];
  waiting = [];
  skewMs = 0;
});

afterEach(async () => {
  fleet.stop();
  await service.stop();
});

/** Resolves once `count` such events have been told; earlier ones count. */
function heard(event: FleetEvent['event'], count = 1): Promise<void> {
  const test = () => events.filter((told) => told.event === event).length >= count;
  return test() ? Promise.resolve() : new Promise((resolve) => waiting.push({ test, resolve }));
}

async function started(devices: number, options: Partial<Pick<FleetConfig, 'pace' | 'until'>> = {}): Promise<void> {
  const config = fleetConfig.parse({
    devices: Array.from({ length: devices }, (_, i) => ({ claim: service.claim, serial: `S${i + 1}` })),
    ...options,
  });
  await startedWith(config);
}

async function startedWith(config: FleetConfig): Promise<void> {
  fleet = new Fleet(config, {
    realMs: () => Math.floor(performance.now()) + skewMs,
    tell: (event) => {
      events.push(event);
      waiting = waiting.filter(({ test, resolve }) => {
        if (!test()) return true;
        resolve();
        return false;
      });
    },
  });
  await fleet.start();
}

const outcomes = (device: string) =>
  service.receipts
    .filter((receipt) => receipt.device === device)
    .map(({ play, outcome, cause }) => (cause ? `${play} ${outcome} ${cause}` : `${play} ${outcome}`));

describe('a fleet in compressed time', () => {
  it('plays a day on five controllers at once, each receipt signed, chained and acknowledged', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    await started(5);
    await heard('ready', 5);
    expect(service.receipts).toEqual([]);
    fleet.obey({ cmd: 'release' });
    await heard('idle');

    expect(service.problems).toEqual([]);
    expect(service.receipts).toHaveLength(15);
    for (let i = 1; i <= 5; i++)
      expect(outcomes(`device-S${i}`)).toEqual(['morning complete', 'noon complete', 'evening complete']);
    for (const receipt of service.receipts) {
      expect(receipt).toMatchObject({ simulated: true, seekMs: 0, clock: { trust: 'trusted' } });
      expect(receipt.playedMs).toBe(receipt.planned.durationMs);
      expect(receipt.lateMs).toBeLessThan(500);
      expect(receipt.startedAtMs).toBe(receipt.planned.startMs + receipt.lateMs);
    }
    // Eleven hours passed in no time: nobody asked again for the time or for audio, nothing was sent twice.
    expect(service.asked).toHaveLength(5);
    expect(service.repeats).toBe(0);
    // A day part of one chunk and audio of three, on five devices.
    expect(fleet.stats).toMatchObject({ chunks: 20, rejected: 0, unsent: 0 });
    expect(events.filter(({ event }) => event === 'problem')).toEqual([]);
  });

  it('goes on with what an emergency interrupted, also after a power cut between the two', async () => {
    service.plan(
      [
        { play: 'morning', afterMs: HOUR, durationMs: 5 * MINUTE, interrupted: 'resume' },
        { play: 'storm', afterMs: HOUR + 2 * MINUTE, durationMs: MINUTE, class: 'emergency' },
        { play: 'dam', afterMs: HOUR + 3 * MINUTE, durationMs: MINUTE, class: 'emergency' },
      ],
      AUDIO,
    );
    service.silent = true;
    await started(1);
    fleet.obey({ cmd: 'release' });
    // The storm is told, the dam sounds, the morning waits.
    await heard('receipt');
    fleet.obey({ cmd: 'kill', serial: 'S1' });
    service.silent = false;
    service.acknowledge();
    await heard('idle');
    expect(service.problems).toEqual([]);
    expect(outcomes('device-S1')).toEqual(['storm complete', 'dam partial powerLost', 'morning complete']);
    const morning = service.receipts.find(({ play }) => play === 'morning');
    expect(morning).toMatchObject({ playedMs: 5 * MINUTE, seekMs: 0, boot: 2, interruptions: [{ by: 'storm' }] });
    expect(morning?.interruptions?.[0]?.playedMs).toBeGreaterThan(2 * MINUTE - 1_000);
  });

  it('begins no play after `until`', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    await started(1, { until: service.beganMs + 7 * HOUR });
    fleet.obey({ cmd: 'release' });
    await heard('idle');
    expect(outcomes('device-S1')).toEqual(['morning complete', 'noon complete']);
  });

  it('runs as fast as its pace says, all devices through the same hours', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    await started(3, { pace: (12 * HOUR) / 300 });
    await heard('ready', 3);
    const releasedMs = performance.now();
    fleet.obey({ cmd: 'release' });
    await heard('idle');
    expect(performance.now() - releasedMs).toBeGreaterThan(290);
    const plays = service.receipts.map((receipt) => receipt.play);
    expect(plays).toEqual(['morning', 'noon', 'evening'].flatMap((play) => [play, play, play]));
  });

  it('keeps its lead over the service when it asks for the time again', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    service.silent = true;
    await started(1);
    fleet.obey({ cmd: 'release' });
    await heard('receipt');
    // While the service owes its answer, an hour passes for everybody.
    skewMs = HOUR + MINUTE;
    service.skewMs = skewMs;
    const asked = service.asked.length;
    service.acknowledge();
    await heard('idle');
    expect(service.asked.length).toBe(asked + 1);
    expect(outcomes('device-S1')).toEqual(['morning complete', 'noon complete', 'evening complete']);
    expect(service.receipts.map((receipt) => receipt.clock.trust)).toEqual(['trusted', 'trusted', 'trusted']);
    expect(Math.max(...service.receipts.map((receipt) => receipt.lateMs))).toBeLessThan(1_000);
  });

  it('plays on without a network and delivers when it is back', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    await started(2);
    await heard('ready', 2);
    fleet.obey({ cmd: 'disconnect', serial: 'S2' });
    await heard('disconnected');
    fleet.obey({ cmd: 'release' });
    await heard('receipt', 6);
    await heard('acked', 3);
    expect(outcomes('device-S2')).toEqual([]);
    expect(fleet.stats.unsent).toBe(3);
    fleet.obey({ cmd: 'connect', serial: 'S2' });
    await heard('idle');
    expect(outcomes('device-S2')).toEqual(['morning complete', 'noon complete', 'evening complete']);
    expect(service.problems).toEqual([]);
    expect(service.states).toContainEqual({ device: 'device-S2', online: false });
  });

  it('loses the play that sounded to a power cut, and no receipt', async () => {
    service.plan(RUNNING_ORDER, AUDIO);
    service.silent = true;
    await started(1);
    fleet.obey({ cmd: 'release' });
    // The first part has ended, its receipt is not acknowledged, the second part sounds.
    await heard('receipt');
    fleet.obey({ cmd: 'kill', serial: 'S1' });
    service.acknowledge();
    await heard('idle');
    expect(service.problems).toEqual([]);
    expect(outcomes('device-S1')).toEqual(['headlines complete', 'news partial powerLost', 'evening complete']);
    expect(new Set(service.receipts.map((receipt) => receipt.boot))).toEqual(new Set([1, 2]));
    // Once more with nothing left to play: no receipt is written twice.
    fleet.obey({ cmd: 'kill', serial: 'S1' });
    await heard('idle', 2);
    expect(outcomes('device-S1')).toHaveLength(3);
  });

  it('faults on the wire: what arrives damaged or late is fetched again, lost acknowledgements are asked for again', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    const config = fleetConfig.parse({ devices: [{ claim: service.claim, serial: 'S1' }] });
    await startedWith(config);
    fleet.obey({ cmd: 'fault', serial: 'S1', fault: { kind: 'slowLink', bytesPerSecond: 100_000 } });
    fleet.obey({ cmd: 'fault', serial: 'S1', fault: { kind: 'corruptedChunks', oneIn: 3 } });
    await heard('rejected');
    fleet.obey({ cmd: 'mend', serial: 'S1', kind: 'corruptedChunks' });
    fleet.obey({ cmd: 'mend', serial: 'S1', kind: 'slowLink' });
    await heard('ready');
    fleet.obey({ cmd: 'fault', serial: 'S1', fault: { kind: 'lostAcks' } });
    fleet.obey({ cmd: 'release' });
    await heard('receipt');
    // The device sends again what nobody seems to have heard.
    skewMs = 30_000;
    service.skewMs = skewMs;
    fleet.obey({ cmd: 'mend', serial: 'S1', kind: 'lostAcks' });
    await heard('idle');
    expect(service.repeats).toBeGreaterThan(0);
    expect(outcomes('device-S1')).toEqual(['morning complete', 'noon complete', 'evening complete']);
  });

  it('a power cut that lasts: dark until its end, then the plays after it; the same from a command of a seed', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    await started(2);
    await heard('ready', 2);
    fleet.obey({ cmd: 'fault', serial: 'S1', fault: { kind: 'powerCut' } });
    await heard('disconnected');
    fleet.obey({ cmd: 'release' });
    await heard('receipt', 3);
    expect(outcomes('device-S1')).toEqual([]);
    fleet.obey({ cmd: 'mend', serial: 'S1', kind: 'powerCut' });
    await heard('idle');
    expect(outcomes('device-S1')).toHaveLength(3);
    fleet.obey({ cmd: 'faults', seed: 'stormy', spanMs: 2_000 });
    await heard('faultBegan', 4);
    expect(service.problems).toEqual([]);
  });

  it('a power cut is told by who has a battery, with the last of its charge; a short one is only told', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    const [S1, S2] = ['S1', 'S2'].map((serial) => ({ claim: service.claim, serial, battery: serial === 'S2' }));
    await startedWith(fleetConfig.parse({ devices: [S1, S2] }));
    await heard('ready', 2);
    fleet.obey({ cmd: 'fault', serial: 'S2', fault: { kind: 'powerCut' } });
    fleet.obey({ cmd: 'mend', serial: 'S2', kind: 'powerCut' });
    await service.told('events', 2);
    expect(events.some(({ event }) => event === 'disconnected')).toBe(false);
    for (const serial of ['S1', 'S2']) fleet.obey({ cmd: 'fault', serial, fault: { kind: 'powerCut' } });
    await heard('disconnected', 2);
    const kinds = (await service.told('events', 3)).map(({ device, kind }) => `${device} ${kind}`);
    expect(kinds).toEqual(['device-S2 powerLost', 'device-S2 powerBack', 'device-S2 powerLost']);
  });

  it('bytes are told of each boot for itself', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    await started(1);
    await heard('ready');
    expect(fleet.stats.bytesReceived).toBeGreaterThan(AUDIO.length);
    fleet.obey({ cmd: 'kill', serial: 'S1' });
    const [, second] = await service.told('telemetry', 2);
    expect(second?.boot).toBe(2);
    expect(second?.bytesDown).toBeLessThan(AUDIO.length / 2);
  });

  it('a full disk keeps nothing and says so; emptied, it is filled', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    const config = fleetConfig.parse({ devices: [{ claim: service.claim, serial: 'S1' }] });
    await startedWith(config);
    fleet.obey({ cmd: 'fault', serial: 'S1', fault: { kind: 'fullDisk' } });
    await heard('rejected');
    expect(events.some(({ event }) => event === 'ready')).toBe(false);
    fleet.obey({ cmd: 'mend', serial: 'S1', kind: 'fullDisk' });
    await heard('ready');
  });

  it('falls silent when stopped, though every device is then without a network', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    service.silent = true;
    await started(2);
    fleet.obey({ cmd: 'release' });
    await heard('receipt', 2);
    fleet.obey({ cmd: 'stop' });
    expect(events.filter(({ event }) => event === 'receipt')).toHaveLength(2);
  });

  it('tells of a device that could not enrol and goes on with the others', async () => {
    service.plan(THREE_PLAYS, AUDIO);
    const config = fleetConfig.parse({
      devices: [
        { claim: 'VANG1.nonsense', serial: 'bad' },
        { claim: service.claim, serial: 'S1' },
      ],
      start: 'running',
    });
    fleet = new Fleet(config, {
      tell: (event) => {
        events.push(event);
        for (const { test, resolve } of waiting) if (test()) resolve();
      },
    });
    await fleet.start();
    await heard('idle');
    expect(events).toContainEqual(expect.objectContaining({ event: 'problem', serial: 'bad' }));
    expect(outcomes('device-S1')).toHaveLength(3);
  });
});
