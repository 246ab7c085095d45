import { FIRST_LINK, PLAN_DAYS, type PlannedPlay, RESYNC_MS, topics } from '../../../../devices/protocol/index.js';
import { connectOnWire, onWire, PING_ON_WIRE, publishOnWire, subscribeOnWire, unsubscribeOnWire } from './framing.js';
import {
  ackBytes,
  assetPayloads,
  batchBytes,
  dayPartBytes,
  headBytes,
  KEY_SET_BYTES,
  type Names,
  playingBytes,
  receiptNamesBytes,
  receiptPlayBytes,
  stateBytes,
  syncedBytes,
  timeBytes,
  willBytes,
  wishBytes,
} from './messages.js';

/** What is counted as a month. */
export const MONTH_DAYS = 30;
const DAY_MS = 86_400_000;
/** The reference controller's (devices/player/adapters/mqtt-link.ts). Pings are sent over everything else, so this is an upper bound. */
const KEEPALIVE_MS = 30_000;
/** Most receipts that a controller puts in one batch (devices/player/core/receipts.ts). */
const MOST_RECEIPTS_A_BATCH = 50;
/**
 * A TLS 1.3 handshake with a chain of two certificates and the TCP packets around it: an assumption, 3 to 6 KB are usual.
 */
const HANDSHAKE_BYTES = 5_000;
/** 256 random bits in base64url (src/fleet). */
const TOKEN_BYTES = 43;

export interface ForecastPlan {
  /** As `timeline` makes them: by start, inside the days asked for. */
  readonly plays: readonly PlannedPlay[];
  /** Relay and live: what a controller pulls from elsewhere in those days. */
  readonly streams: readonly { readonly bitsPerSecond: number; readonly durationMs: number }[];
}

export interface ForecastController {
  readonly id: string;
  readonly areaName: string;
  readonly clusterName: string;
  /** The same object for controllers with the same plan: it is weighed once. */
  readonly plan: ForecastPlan;
  /** SHA-256 of the audio that it has already. */
  readonly holds: ReadonlySet<string>;
}

export interface ForecastQuestion {
  readonly controllers: readonly ForecastController[];
  /** Local midnights of the days asked for, and the one after the last: one more than there are days. Ascending. */
  readonly dayStartsMs: readonly number[];
  /** How a line behaves; what is not given is assumed as `USUAL_LINE` says. */
  readonly line?: Partial<Line>;
}

export interface Line {
  /** 1: connected when a play ends, so each receipt goes alone. Up to 50 gather on a controller that is offline. */
  readonly receiptsPerBatch: number;
  /** Every reconnect fetches key set and head again, since sessions are clean. */
  readonly reconnectsPerDay: number;
  /** Publications a day beside the one that a new day makes: each sends a head and one day part. */
  readonly changesPerDay: number;
}

/** Assumed, not measured: a good line with a short break every half day, and one edit a day. */
export const USUAL_LINE: Line = { receiptsPerBatch: 1, reconnectsPerDay: 2, changesPerDay: 1 };

/** Bytes on one SIM, both directions. All but `audioBytes` are of a month of 30 days like the days asked for. */
export interface ControllerForecast {
  readonly controllerId: string;
  /** Once: audio of these days that the controller lacks, each asset one time however often it plays. */
  readonly audioBytes: number;
  /** Heads and day parts. */
  readonly planBytes: number;
  readonly receiptBytes: number;
  readonly streamBytes: number;
  /** Keepalive, time, state, reconnects. */
  readonly otherBytes: number;
  /** Of the first month: all of the above. */
  readonly totalBytes: number;
  /** For comparison: every play sent live in the same coding, each time anew, and the streams; in a month. */
  readonly liveBytes: number;
}

export type ForecastRefusal = 'forecast.daysWrong' | 'forecast.lineWrong' | 'forecast.streamWrong';

export type Forecast =
  | {
      readonly ok: true;
      /** In the order asked. */
      readonly controllers: readonly ControllerForecast[];
      readonly totalBytes: number;
      readonly liveBytes: number;
    }
  | { readonly ok: false; readonly refusal: ForecastRefusal };

/** What a schedule costs each SIM, before it is published. Retained copies, alarms and lost packets are not in it. */
export function forecast({ controllers, dayStartsMs, line: given = {} }: ForecastQuestion): Forecast {
  const line: Line = { ...USUAL_LINE, ...given };
  const refusal = refusalOf(controllers, dayStartsMs, line);
  if (refusal) return { ok: false, refusal };
  const months = MONTH_DAYS / (dayStartsMs.length - 1);
  const weighed = new Map<ForecastPlan, PlanWeight>();
  const answers = controllers.map((controller): ControllerForecast => {
    const { id: device, plan, holds } = controller;
    const weight = weighed.get(plan) ?? weigh(plan, dayStartsMs);
    weighed.set(plan, weight);
    const names: Names = { device, area: controller.areaName, cluster: controller.clusterName };
    let audio = 0;
    const wish = wishOnWire(device);
    for (const [sha256, bytes] of weight.assets) if (!holds.has(sha256)) audio += wish + bytes;
    const parts = {
      audioBytes: Math.round(audio),
      planBytes: Math.round(planOnWire(names, weight, line) * months),
      receiptBytes: Math.round(receiptsOnWire(names, weight, line) * months),
      streamBytes: Math.round(weight.streamBytes * months),
      otherBytes: Math.round(otherOnWire(names, weight, line) * months),
    };
    const totalBytes = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
    const liveBytes = Math.round((weight.livePlayBytes + weight.streamBytes) * months);
    return { controllerId: device, ...parts, totalBytes, liveBytes };
  });
  return {
    ok: true,
    controllers: answers,
    totalBytes: answers.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    liveBytes: answers.reduce((sum, { liveBytes }) => sum + liveBytes, 0),
  };
}

function refusalOf(
  controllers: readonly ForecastController[],
  starts: readonly number[],
  line: Line,
): ForecastRefusal | null {
  if (starts.length < 2 || starts.some((ms, index) => index > 0 && ms <= starts[index - 1]!))
    return 'forecast.daysWrong';
  const { receiptsPerBatch, reconnectsPerDay, changesPerDay } = line;
  const batch =
    Number.isInteger(receiptsPerBatch) && receiptsPerBatch >= 1 && receiptsPerBatch <= MOST_RECEIPTS_A_BATCH;
  const rates = [reconnectsPerDay, changesPerDay].every((rate) => rate >= 0 && rate <= DAY_MS / 1_000);
  if (!batch || !rates) return 'forecast.lineWrong';
  const plans = new Set(controllers.map(({ plan }) => plan));
  for (const { streams } of plans)
    if (streams.some((stream) => !(stream.bitsPerSecond >= 0) || !(stream.durationMs >= 0)))
      return 'forecast.streamWrong';
  return null;
}

/** What does not depend on the controller. */
interface PlanWeight {
  readonly days: number;
  /** Bytes of the day part of each day that has plays. */
  readonly parts: readonly number[];
  /** What it takes to fetch these. */
  readonly partsOnWire: number;
  /** Of each play. */
  readonly receipts: Float64Array;
  readonly playing: Float64Array;
  /** By address, what it takes to fetch the audio. */
  readonly assets: ReadonlyMap<string, number>;
  readonly livePlayBytes: number;
  readonly streamBytes: number;
}

function weigh({ plays, streams }: ForecastPlan, starts: readonly number[]): PlanWeight {
  const byDay = new Map<number, PlannedPlay[]>();
  const assets = new Map<string, number>();
  let livePlayBytes = 0;
  let day = 0;
  for (const play of plays) {
    while (day + 2 < starts.length && play.startMs >= starts[day + 1]!) day++;
    const ofDay = byDay.get(day);
    if (ofDay) ofDay.push(play);
    else byDay.set(day, [play]);
    if (!assets.has(play.audio.sha256)) assets.set(play.audio.sha256, assetOnWire(play.audio.bytes));
    // A relay is among the streams in both ways.
    if (!play.relay) livePlayBytes += onWire(play.audio.bytes);
  }
  const parts = [...byDay.values()].map(dayPartBytes);
  return {
    days: starts.length - 1,
    parts,
    partsOnWire: parts.reduce((sum, bytes) => sum + assetOnWire(bytes), 0),
    receipts: Float64Array.from(plays, receiptPlayBytes),
    playing: Float64Array.from(plays, ({ play }) => playingBytes(play)),
    assets,
    livePlayBytes,
    streamBytes: streams.reduce((sum, { bitsPerSecond, durationMs }) => {
      return sum + onWire((bitsPerSecond / 8) * (durationMs / 1_000));
    }, 0),
  };
}

/** Subscribe, descriptor and chunks, unsubscribe: each chunk once. The wish is `wishOnWire`. */
export function assetOnWire(bytes: number): number {
  const { chunks, descriptor } = assetPayloads(bytes);
  const topic = topics.asset(FIRST_LINK);
  let sum = subscribeOnWire(topic) + unsubscribeOnWire(topic);
  if (descriptor !== null) sum += publishOnWire(topics.descriptor(FIRST_LINK), descriptor, 0);
  for (const [index, chunk] of chunks.entries()) sum += publishOnWire(topics.chunk(FIRST_LINK, index), chunk, 0);
  return sum;
}

/** A wish for each asset alone; several in one cost less. */
function wishOnWire(device: string): number {
  return publishOnWire(topics.up(device, 'wishes'), wishBytes(device), 1);
}

/** A new day brings one day part and one head; so does a change. That they are held is told. */
function planOnWire(names: Names, { days, parts, partsOnWire }: PlanWeight, line: Line): number {
  const { device } = names;
  const head = headOnWire(names, parts) + publishOnWire(topics.up(device, 'plan'), syncedBytes(device), 1);
  const fetched = partsOnWire + parts.length * wishOnWire(device);
  const changes = parts.length === 0 ? 0 : line.changesPerDay * days;
  const usual = parts.length === 0 ? 0 : fetched / parts.length;
  return fetched + changes * usual + (days + changes) * head;
}

function headOnWire(names: Names, parts: readonly number[]): number {
  return publishOnWire(topics.down(names.device, 'plan'), headBytes(names, parts.slice(0, PLAN_DAYS)), 1);
}

function receiptsOnWire(names: Names, { receipts }: PlanWeight, { receiptsPerBatch }: Line): number {
  const { device } = names;
  const up = topics.up(device, 'receipts');
  const ack = publishOnWire(topics.down(device, 'acks'), ackBytes(device), 1);
  const bare = batchBytes(device);
  const named = receiptNamesBytes(names);
  let sum = 0;
  for (let from = 0; from < receipts.length; from += receiptsPerBatch) {
    const until = Math.min(receipts.length, from + receiptsPerBatch);
    // A comma between two.
    let bytes = bare - 1;
    for (let at = from; at < until; at++) bytes += receipts[at]! + named + 1;
    sum += publishOnWire(up, bytes, 1) + ack;
  }
  return sum;
}

function otherOnWire(names: Names, { days, parts, playing }: PlanWeight, line: Line): number {
  const { device } = names;
  const pings = (DAY_MS / KEEPALIVE_MS) * PING_ON_WIRE;
  const { request, reply } = timeBytes(device);
  const clock =
    (DAY_MS / RESYNC_MS) *
    (publishOnWire(topics.up(device, 'time'), request, 0) + publishOnWire(topics.down(device, 'time'), reply, 0));
  const stateTopic = topics.up(device, 'state');
  const quiet = stateBytes(device);
  const quietOnWire = publishOnWire(stateTopic, quiet, 1);
  // Told when a play begins, and when it has ended.
  let states = 0;
  for (const more of playing) states += publishOnWire(stateTopic, quiet + more, 1) + quietOnWire;
  const account = { device, tokenBytes: TOKEN_BYTES, willTopic: stateTopic, willBytes: willBytes(device) };
  const reconnect =
    HANDSHAKE_BYTES +
    connectOnWire(account) +
    subscribeOnWire(topics.keys) +
    subscribeOnWire(topics.down(device, 'plan')) +
    subscribeOnWire(topics.down(device, 'acks')) +
    subscribeOnWire(topics.down(device, 'time')) +
    publishOnWire(topics.keys, KEY_SET_BYTES, 1) +
    headOnWire(names, parts) +
    quietOnWire;
  return days * (pings + clock + line.reconnectsPerDay * reconnect) + states;
}
