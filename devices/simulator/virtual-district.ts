import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  type Cause,
  type DayPart,
  fromBase64Url,
  type Identity,
  type Outcome,
  type PlannedPlay,
  type Receipt,
} from '../protocol/index.js';
import { type FaultSpan, faultsOf } from './faults.js';
import { Seeded } from './seeded.js';
import { ServiceDesk } from './service-desk.js';
import { SharedStore } from './shared-store.js';
import { virtualCrypto, virtualKey } from './virtual-crypto.js';
import { VirtualDevice, type VirtualWorld } from './virtual-device.js';
import { VirtualBroker } from './virtual-network.js';
import { VirtualTime } from './virtual-time.js';

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Midnight in Viet Nam, 1 January 2026. */
const FIRST_MIDNIGHT = Date.UTC(2025, 11, 31, 17);
/** A plan reaches so many days ahead. */
const PLAN_DAYS = 7;
/** Faults end so long before the end: whoever comes back last still has to play, tell and be heard. */
const SETTLE = DAY;
const PLAY_MS = 15 * 60_000;
const AUDIO_BYTES = 100_000;

export interface VirtualRun {
  readonly seed: string;
  readonly devices: number;
  readonly days: number;
  readonly playsPerDay: number;
  /** Default: those of the seed, for every day of the run. */
  readonly faults?: readonly FaultSpan[];
  /** Told of each receipt when the service has it, at that instant of true time. */
  readonly onReceipt?: (receipt: Receipt, nowMs: number) => void;
}

export interface VirtualResult {
  readonly planned: number;
  /** Of the verifier; by what they say. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly causes: Readonly<Partial<Record<Cause, number>>>;
  /** Planned plays without a final receipt, and final receipts beyond the first of a play. */
  readonly missing: readonly string[];
  readonly twice: readonly string[];
  /** What the verifier found wrong. */
  readonly problems: readonly string[];
  /** SHA-256 over the last link of each device's chain, and so over every byte of every receipt. */
  readonly digest: string;
  readonly faults: number;
  /** Receipts that no device has acknowledged at the end. */
  readonly unsent: number;
}

/** A district through so many days of virtual time: every device with the same plays each day, and what goes wrong by the seed. */
export function runVirtualDistrict(run: VirtualRun): VirtualResult {
  const fromMs = FIRST_MIDNIGHT;
  const untilMs = fromMs + run.days * DAY;
  // A day before the first play, so that everybody has enrolled.
  const time = new VirtualTime(fromMs - DAY);
  const broker = new VirtualBroker(time);
  const tally = new Tally();
  const desk = new ServiceDesk({
    crypto: virtualCrypto,
    root: virtualKey('root'),
    key: virtualKey('service'),
    nowMs: () => time.nowMs,
    later: (afterMs, then) => time.later(afterMs, then),
    publish: (topic, payload, qos, retain) => broker.publish(topic, payload, qos, retain),
    onReceipt: (receipt) => {
      tally.take(receipt);
      run.onReceipt?.(receipt, time.nowMs);
    },
  });
  const store = new SharedStore();
  const world: VirtualWorld = { time, broker, store, hear: (topic, payload) => desk.hear(topic, payload) };
  const names = Array.from({ length: run.devices }, (_, i) => `device-${i + 1}`);
  const devices = new Map(names.map((name) => [name, makeDevice(name, run.seed, desk, world)]));
  const plan = new DailyPlan(run, desk, untilMs);

  for (let day = -1; day < run.days; day++) {
    // Published in the evening for the days that follow, device after device.
    time.at(fromMs + day * DAY + 5_000, () => {
      for (const [i, name] of names.entries()) time.later(i * 20, () => plan.tell(name, day));
    });
  }
  const spans = run.faults ?? faultsOf(run.seed, names, { fromMs, untilMs: Math.max(fromMs + 1, untilMs - SETTLE) });
  for (const { device, fromMs: beginMs, untilMs: endMs, fault } of spans) {
    time.at(beginMs, () => devices.get(device)?.fail(fault));
    if (endMs > beginMs) time.at(endMs, () => devices.get(device)?.mend(fault.kind));
  }
  for (const device of devices.values()) device.powerOn();
  time.runUntil(untilMs + SETTLE);

  const expected = names.flatMap((name) => plan.plays.map((play) => `${name}/${play}`));
  let unsent = 0;
  for (const device of devices.values()) unsent += device.unsent;
  return {
    planned: expected.length,
    outcomes: tally.outcomes,
    causes: tally.causes,
    missing: expected.filter((each) => !tally.seen.has(each)),
    twice: tally.twice,
    problems: desk.problems,
    digest: digestOf(names.map((name) => `${name} ${desk.links.get(name) ?? ''}`)),
    faults: spans.length,
    unsent,
  };
}

function makeDevice(name: string, seed: string, desk: ServiceDesk, world: VirtualWorld): VirtualDevice {
  const key = virtualKey(name);
  const identity: Identity = {
    v: 1,
    device: name,
    publicKey: key.publicKey,
    path: ['commune-1'],
    area: { id: 'commune-1', name: 'Xã Hòa Bình' },
    cluster: { id: `cluster-${name}`, name: `Cụm loa ${name}` },
  };
  desk.admit(identity);
  const env = {
    crypto: virtualCrypto,
    signer: key,
    identity,
    rootPublicKey: fromBase64Url(virtualKey('root').publicKey),
    simulated: true,
    capabilities: ['amplifier', 'testTone', 'reboot', 'update'] as const,
  };
  return new VirtualDevice(env, desk.keySet, new Seeded(`${seed}/${name}`), world);
}

/** The same plays every day, and one recording for each day of the week. */
class DailyPlan {
  readonly plays: string[] = [];
  readonly #parts = new Map<
    number,
    { readonly day: string; readonly sha256: string; readonly bytes: number; readonly descriptor?: string }
  >();

  constructor(
    private readonly run: VirtualRun,
    private readonly desk: ServiceDesk,
    private readonly untilMs: number,
  ) {
    const seeded = new Seeded(`${run.seed}/audio`);
    const recordings = Array.from({ length: 7 }, () => {
      const bytes = new Uint8Array(AUDIO_BYTES);
      for (let at = 0; at < AUDIO_BYTES; at++) bytes[at] = seeded.whole(0, 255);
      return desk.hold(bytes);
    });
    for (let day = 0; day < run.days; day++) {
      const audio = recordings[day % 7] as (typeof recordings)[number];
      const plays = Array.from({ length: run.playsPerDay }, (_, n) => this.#play(day, n, audio));
      this.plays.push(...plays.map(({ play }) => play));
      const part: DayPart = { v: 1, day: dayName(day), plays };
      // Without a time stamp: the same bytes on every machine and in every run.
      this.#parts.set(day, { day: dayName(day), ...desk.hold(gzipSync(JSON.stringify(part))) });
    }
  }

  tell(device: string, today: number): void {
    const days = Array.from({ length: PLAN_DAYS + 1 }, (_, i) => today - 1 + i);
    const publishedAt = FIRST_MIDNIGHT + today * DAY + 5_000;
    this.desk.tell({
      v: 1,
      device,
      version: publishedAt,
      publishedAt,
      area: { id: 'commune-1', name: 'Xã Hòa Bình' },
      cluster: { id: `cluster-${device}`, name: `Cụm loa ${device}` },
      from: dayName(today),
      until: dayName(today + PLAN_DAYS - 1),
      sinceMs: FIRST_MIDNIGHT - DAY,
      fromMs: FIRST_MIDNIGHT + today * DAY,
      untilMs: Math.min(this.untilMs, FIRST_MIDNIGHT + (today + PLAN_DAYS) * DAY),
      parts: days.flatMap((day) => this.#parts.get(day) ?? []),
    });
  }

  #play(
    day: number,
    n: number,
    audio: { readonly sha256: string; readonly bytes: number; readonly descriptor?: string },
  ): PlannedPlay {
    const everyMs = Math.floor((16 * HOUR) / this.run.playsPerDay);
    const startMs = FIRST_MIDNIGHT + day * DAY + 5 * HOUR + n * everyMs;
    const play = `d${day}p${n}`;
    return {
      play,
      occurrence: `o-${play}`,
      part: 0,
      startMs,
      latestEndMs: startMs + PLAY_MS + 10 * 60_000,
      late: 'whole',
      class: 'normal',
      volume: 70,
      item: { id: `item-${day % 7}`, version: 1, title: 'Bản tin sáng', language: 'vi' },
      audio: { ...audio, type: 'audio/ogg', durationMs: PLAY_MS },
    };
  }
}

const dayName = (day: number): string => new Date(FIRST_MIDNIGHT + day * DAY + 7 * HOUR).toISOString().slice(0, 10);

class Tally {
  readonly seen = new Set<string>();
  readonly twice: string[] = [];
  readonly outcomes: Record<Outcome, number> = { complete: 0, partial: 0, notPlayed: 0 };
  readonly causes: Partial<Record<Cause, number>> = {};

  take({ device, play, outcome, cause }: Receipt): void {
    const name = `${device}/${play}`;
    if (this.seen.has(name)) this.twice.push(name);
    this.seen.add(name);
    this.outcomes[outcome]++;
    if (cause) this.causes[cause] = (this.causes[cause] ?? 0) + 1;
  }
}

function digestOf(lines: readonly string[]): string {
  return createHash('sha256')
    .update([...lines].sort().join('\n'))
    .digest('hex');
}
