import { gzipSync } from 'node:zlib';
import {
  type AssetRef,
  CHUNK_BYTES,
  chunkCount,
  chunkRange,
  type DayPart,
  type Descriptor,
  type PlanHead,
  type PlannedPlay,
  signJws,
  toBase64Url,
  toHex,
} from '../../protocol/index.js';
import { crypto, SERVICE } from './keys.js';

/** 2026-11-20 00:00 in Viet Nam (UTC+7). */
export const DAY_ONE = Date.UTC(2026, 10, 19, 17);
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** Server time of `5:30`, `17:00:05` on day one of the tests. */
export function at(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return DAY_ONE + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

export const dayOf = (ms: number): string => new Date(ms + 7 * HOUR_MS).toISOString().slice(0, 10);

/** An asset as the service holds it: bytes, and the descriptor that names its chunks. */
export interface TestAsset {
  readonly ref: AssetRef;
  readonly bytes: Uint8Array;
  readonly descriptor: Uint8Array | null;
}

export function assetOf(bytes: Uint8Array): TestAsset {
  const sha256 = toHex(crypto.sha256(bytes));
  if (bytes.length <= CHUNK_BYTES) return { ref: { sha256, bytes: bytes.length }, bytes, descriptor: null };
  const chunks: string[] = [];
  for (let index = 0; index < chunkCount(bytes.length); index++) {
    const { start, end } = chunkRange(index, bytes.length);
    chunks.push(toBase64Url(crypto.sha256(bytes.subarray(start, end))));
  }
  const descriptor: Descriptor = { v: 1, sha256, bytes: bytes.length, chunkBytes: CHUNK_BYTES, chunks };
  const text = Buffer.from(JSON.stringify(descriptor));
  return { ref: { sha256, bytes: bytes.length, descriptor: toHex(crypto.sha256(text)) }, bytes, descriptor: text };
}

/** Stands for an audio file of its own; what sounds in it does not matter to the core. */
export const audioNamed = (name: string, bytes = 500): TestAsset => {
  const whole = new Uint8Array(bytes).fill(7);
  whole.set(Buffer.from(name).subarray(0, bytes));
  return assetOf(whole);
};

export type PlayOptions = Partial<Omit<PlannedPlay, 'audio'>> & {
  readonly play: string;
  readonly durationMs?: number;
  readonly audio?: TestAsset;
};

/** 60 s of a normal bulletin, played whole until ten minutes after its start. */
export function playOf(startMs: number, options: PlayOptions): PlannedPlay {
  const { durationMs = 60_000, audio = audioNamed('bulletin'), ...rest } = options;
  return {
    occurrence: `occurrence-${options.play}`,
    part: 0,
    startMs,
    latestEndMs: startMs + durationMs + 600_000,
    late: 'whole',
    class: 'normal',
    volume: 80,
    item: { id: 'item-1', version: 1, title: 'Vốn vay Ngân hàng Chính sách xã hội', language: 'vi' },
    ...rest,
    audio: { ...audio.ref, type: 'audio/ogg', durationMs },
  };
}

export interface TestPlan {
  readonly head: PlanHead;
  readonly signedHead: string;
  readonly parts: readonly TestAsset[];
}

export interface PlanOptions {
  readonly device: string;
  readonly version: number;
  readonly plays: readonly PlannedPlay[];
  readonly change?: Partial<PlanHead>;
}

/** A plan of seven days from `change.from` (day one of the tests), in day parts packed with gzip, its head signed by the service. */
export function planOf({ device, version, plays, change = {} }: PlanOptions): TestPlan {
  const fromMs = change.fromMs ?? DAY_ONE;
  const byDay = new Map<string, PlannedPlay[]>();
  for (const play of plays) byDay.set(dayOf(play.startMs), [...(byDay.get(dayOf(play.startMs)) ?? []), play]);
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = days.map(([day, ofDay]) => {
    const content: DayPart = { v: 1, day, plays: ofDay };
    return { day, asset: assetOf(gzipSync(JSON.stringify(content))) };
  });
  const head: PlanHead = {
    v: 1,
    device,
    version,
    publishedAt: DAY_ONE,
    area: { id: 'commune-1', name: 'Xã Tân Khai' },
    cluster: { id: 'cluster-1', name: 'Cụm loa ấp 3' },
    from: dayOf(fromMs),
    until: dayOf(fromMs + 6 * DAY_MS),
    sinceMs: DAY_ONE,
    fromMs,
    untilMs: fromMs + 7 * DAY_MS,
    parts: parts.map(({ day, asset }) => ({ ...asset.ref, day })),
    ...change,
  };
  return { head, signedHead: signJws('vang-plan', head, SERVICE), parts: parts.map(({ asset }) => asset) };
}
