import { describe, expect, it } from '@jest/globals';
import type { DeviceEvent, DeviceState, EventKind, Telemetry } from '../../../devices/protocol/index.js';
import { type Evidence, type Lesson, learnEvent, learnState, learnTelemetry, NOTHING_KNOWN } from './evidence.js';
import { silenceBoundMs, stateOf } from './state.js';

const NINE = Date.parse('2026-01-05T09:00:00+07:00');
const MINUTE = 60_000;
const DEVICE = 'pole-1';

type Online = Extract<DeviceState, { online: true }>;
const here = (changes: Partial<Online> = {}, atMs = NINE): Lesson =>
  learnState(
    {
      v: 1,
      device: DEVICE,
      online: true,
      boot: 3,
      planVersion: 1,
      ready: true,
      trust: 'trusted',
      playing: null,
      waitingReceipts: 0,
      ...changes,
    },
    atMs,
  );
const lastWill = (atMs: number): Lesson => learnState({ v: 1, device: DEVICE, online: false }, atMs);
const event = (kind: EventKind, atMs: number, changes: Partial<DeviceEvent> = {}): Lesson =>
  learnEvent({ v: 1, device: DEVICE, boot: 3, seq: 1, kind, atMs, ...changes }, atMs);
const measured = (atMs: number, changes: Partial<Telemetry> = {}): Lesson =>
  learnTelemetry({ v: 1, device: DEVICE, boot: 3, atMs, uptimeS: 100, ...changes }, atMs);

const known = (...lessons: readonly Lesson[]): Evidence => lessons.reduce((so, lesson) => lesson(so), NOTHING_KNOWN);
const judged = (nowMs: number, ...lessons: readonly Lesson[]) => stateOf(DEVICE, known(...lessons), nowMs);

it('the last receipt that a device wrote is known by its own word', () => {
  const { lastReceiptBoot, lastReceiptSeq } = known(here({ lastReceipt: { boot: 3, seq: 41 } }), lastWill(NINE + 1));
  expect([lastReceiptBoot, lastReceiptSeq]).toEqual([3, 41]);
  expect(known(here({ lastReceipt: { boot: 3, seq: 41 } }), here()).lastReceiptSeq).toBeNull();
});

describe('the state of a controller', () => {
  it.each<[string, readonly Lesson[], string, string]>([
    ['enrolled, not a word yet', [], 'never', 'nothing'],
    ['connected', [here()], 'online', 'itsWord'],
    ['a play sounds', [here({ playing: 'p1' })], 'playing', 'itsWord'],
    ['no trusted time (case 24)', [here({ trust: 'untrusted' })], 'noTrustedTime', 'trust'],
    ['coasting is trusted enough', [here({ trust: 'coasting' })], 'online', 'itsWord'],
    ['a fault that lasts', [here({ faults: ['amplifier'] })], 'fault', 'faults'],
    ['a fault told as an event', [here(), event('faultBegan', NINE, { code: 'sound' })], 'fault', 'faults'],
    [
      'the fault has ended',
      [here(), event('faultBegan', NINE, { code: 'sound' }), event('faultEnded', NINE, { code: 'sound' })],
      'online',
      'itsWord',
    ],
    [
      'another fault has ended',
      [here({ faults: ['line'] }), event('faultEnded', NINE, { code: 'sound' })],
      'fault',
      'faults',
    ],
    ['its own word takes back a fault', [here({ faults: ['line'] }), here()], 'online', 'itsWord'],
    ['on battery', [here(), measured(NINE, { supply: 'battery' })], 'powerLost', 'powerEvent'],
    [
      'the mains are back',
      [here(), measured(NINE, { supply: 'battery' }), measured(NINE, { supply: 'mains' })],
      'online',
      'itsWord',
    ],
    ['an event of no consequence', [here(), event('stopButton', NINE)], 'online', 'itsWord'],
    ['what hinders most is named', [here({ faults: ['sound'], trust: 'untrusted', playing: 'p1' })], 'fault', 'faults'],
  ])('%s', (_what, lessons, state, because) => {
    expect(judged(NINE, ...lessons)).toMatchObject({ state, because });
  });

  describe('case 19: power lost and network lost are different', () => {
    it('it told of the cut, then fell silent: power lost', () => {
      expect(judged(NINE + 3 * MINUTE, here(), event('powerLost', NINE), lastWill(NINE + 2 * MINUTE))).toMatchObject({
        state: 'powerLost',
        because: 'powerEvent',
        recheckAtMs: null,
      });
    });

    it('it fell silent without a word: network lost', () => {
      expect(judged(NINE + 3 * MINUTE, here(), lastWill(NINE + 2 * MINUTE))).toMatchObject({
        state: 'offline',
        because: 'lastWill',
      });
    });

    it('it came back with a new boot: it has power', () => {
      const back = here({ boot: 4 }, NINE + 60 * MINUTE);
      expect(judged(NINE + 60 * MINUTE, here(), event('powerLost', NINE), lastWill(NINE), back)).toMatchObject({
        state: 'online',
      });
    });

    it('the same boot speaks again on its battery: the power is still away', () => {
      expect(judged(NINE, here(), event('powerLost', NINE), here()).state).toBe('powerLost');
    });

    it('a cut of an earlier boot, told late, is history', () => {
      expect(judged(NINE, here({ boot: 4 }), event('powerLost', NINE, { boot: 3 })).state).toBe('online');
    });

    it('the boot that follows a cut, told after it, ends it', () => {
      const told = [event('powerLost', NINE, { boot: 4 }), event('booted', NINE, { boot: 5 })];
      expect(judged(NINE, here({ boot: 4 }), ...told).state).toBe('online');
    });
  });

  describe('silence', () => {
    const bound = silenceBoundMs(DEVICE);

    it('is offline only after the bound of the device, to the millisecond', () => {
      expect(judged(NINE + bound - 1, here())).toMatchObject({ state: 'online', recheckAtMs: NINE + bound });
      expect(judged(NINE + bound, here())).toMatchObject({ state: 'offline', because: 'silence', recheckAtMs: null });
    });

    it('any word of the device ends it', () => {
      expect(judged(NINE + bound, here(), measured(NINE + bound)).state).toBe('online');
    });

    it('a last will is no word of the device', () => {
      const evidence = known(here(), lastWill(NINE + MINUTE));
      expect(evidence).toMatchObject({ heardAtMs: NINE, connectionAtMs: NINE + MINUTE });
    });

    it('a broker that was restarted marks nobody at once, and the silent ones in the course of ten minutes', () => {
      const district = Array.from({ length: 300 }, (_, n) => `pole-${n}`);
      const lost = { ...known(here()), connected: null };
      const offlineAfter = (ms: number) =>
        district.filter((id) => stateOf(id, lost, NINE + ms).state === 'offline').length;
      expect([offlineAfter(15 * MINUTE - 1), offlineAfter(25 * MINUTE)]).toEqual([0, 300]);
      const perMinute = Array.from(
        { length: 10 },
        (_, n) => offlineAfter((16 + n) * MINUTE) - offlineAfter((15 + n) * MINUTE),
      );
      expect(Math.max(...perMinute)).toBeLessThan(75);
    });
  });
});
