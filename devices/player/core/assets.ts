import {
  type AssetRef,
  CHUNK_BYTES,
  chunkCount,
  chunkRange,
  type Descriptor,
  descriptor as descriptorSchema,
  fromBase64Url,
  fromUtf8,
  type PlannedPlay,
  sameBytes,
  toBitmap,
  toHex,
  topics,
  WISH_AGAIN_MS,
  type Wish,
} from '../../protocol/index.js';
import type { CoreEvent } from './events.js';
import { owedPlays } from './owed.js';
import type { AssetProgress, CoreState, Durable } from './state.js';
import type { Turn } from './turn.js';

const URGENT_WITHIN_MS = 120_000;
const ASSETS_PER_WISH = 64;
/** How many assets are fetched at a time, the most urgent first. */
const AT_A_TIME = 48;

/** What the plan needs and this device lacks, most urgent first: parts, then audio in the order of its plays. */
export function neededAssets(state: CoreState, nowMs: number | null): Map<string, AssetRef> {
  const needed = new Map<string, AssetRef>();
  const lack = (ref: AssetRef) => {
    if (!state.stored.has(ref.sha256) && !state.damaged.has(ref.sha256) && !needed.has(ref.sha256))
      needed.set(ref.sha256, {
        sha256: ref.sha256,
        bytes: ref.bytes,
        ...(ref.descriptor ? { descriptor: ref.descriptor } : {}),
      });
  };
  const { durable } = state;
  const head = durable.head;
  for (const part of head?.parts ?? []) if (!holdsPart(state, part.day, part.sha256)) lack(part);
  const plays = owedPlays(durable).map(({ play }) => play);
  if (state.readParts.size > 0) {
    // Unpacked and waiting for the other parts: their audio can be on its way meanwhile.
    for (const pending of state.readParts.values()) plays.push(...pending.filter((play) => isOwed(durable, play)));
    plays.sort((a, b) => a.startMs - b.startMs);
  }
  for (const play of plays) if (nowMs === null || play.latestEndMs > nowMs) lack(play.audio);
  // Last of all: a program can wait, a broadcast cannot.
  if (durable.update?.state === 'received') lack(durable.update.order.bundle);
  return needed;
}

const isOwed = (durable: Durable, play: PlannedPlay): boolean =>
  play.startMs >= (durable.head?.sinceMs ?? 0) && !Object.hasOwn(durable.finals, play.play);

export function holdsPart(state: CoreState, day: string, sha256: string): boolean {
  return state.readParts.has(sha256) || state.durable.parts[day]?.sha256 === sha256;
}

/** Subscribes to what is lacking, wishes for it, lets go of what is complete or no longer needed. */
export function pursueAssets(turn: Turn): void {
  const needed = neededAssets(turn.state, turn.time.nowMs);
  const assets = new Map(turn.state.assets);
  const begun = new Set(turn.state.begun);
  for (const sha256 of assets.keys()) {
    if (needed.has(sha256)) continue;
    assets.delete(sha256);
    if (!turn.state.stored.has(sha256)) begun.add(sha256);
    if (turn.state.connected) turn.emit({ type: 'unsubscribe', topic: topics.asset(sha256) });
  }
  let fresh = false;
  for (const [sha256, ref] of needed) {
    if (assets.size >= AT_A_TIME) break;
    if (assets.has(sha256)) continue;
    const asset = begin(ref, turn.moment.monoMs);
    const searched = begun.delete(sha256) && asset.missing === null;
    if (searched) turn.emit({ type: 'findChunks', sha256 });
    assets.set(sha256, { ...asset, searched });
    if (turn.state.connected) turn.emit({ type: 'subscribe', topic: topics.asset(sha256) });
    fresh ||= !searched;
  }
  if (begun.size > 0 && knowsItsPlan(turn.state))
    for (const sha256 of begun) {
      if (needed.has(sha256)) continue;
      begun.delete(sha256);
      turn.emit({ type: 'dropChunks', sha256 });
    }
  turn.set({ assets, begun });
  if (!turn.state.connected || assets.size === 0) return;
  // Null: what lacks has not been told on this connection. Several that are looked through are told as one.
  const untold = turn.state.wishedAtMonoMs === null && ![...assets.values()].some(({ searched }) => searched);
  if (fresh || untold || turn.moment.monoMs >= wishAgainAt(turn.state)) wishFor(turn);
}

/** Whether all that the newest plan names is known: while a part of it is on its way it may yet name anything. */
const knowsItsPlan = ({ durable: { head, activeVersion } }: CoreState): boolean => head?.version === activeVersion;

/** Whether there is something to wish for. */
export const isLacking = ({ complete, searched }: AssetProgress): boolean => !complete && !searched;

/** Monotonic instant of the next wish when nothing arrives. */
export function wishAgainAt(state: CoreState): number {
  let latest = state.wishedAtMonoMs ?? Number.NEGATIVE_INFINITY;
  for (const asset of state.assets.values()) latest = Math.max(latest, asset.lastProgressMonoMs);
  return latest + WISH_AGAIN_MS;
}

function begin(ref: AssetRef, monoMs: number): AssetProgress {
  const single = ref.bytes <= CHUNK_BYTES && ref.descriptor === undefined;
  return {
    ref,
    chunkBytes: CHUNK_BYTES,
    hashes: null,
    missing: single ? Uint8Array.of(1) : null,
    searched: false,
    complete: false,
    lastProgressMonoMs: monoMs,
    reported: false,
  };
}

function wishFor(turn: Turn): void {
  const assets: Wish['assets'] = [];
  const urgent = urgentAssets(turn);
  for (const [sha256, asset] of turn.state.assets) {
    if (!isLacking(asset) || assets.length === ASSETS_PER_WISH) continue;
    assets.push({
      sha256,
      ...(asset.missing ? { missing: toBitmap(missingIndexes(asset.missing), asset.missing.length) } : {}),
      ...(urgent.has(sha256) ? { urgent: true } : {}),
    });
  }
  if (assets.length === 0) return;
  const message: Wish = { v: 1, device: turn.device, assets };
  turn.publish(topics.up(turn.device, 'wishes'), message, { qos: 1 });
  turn.set({ wishedAtMonoMs: turn.moment.monoMs });
}

/** Audio of what sounds within minutes goes before that of next week, for every device that wants it. */
function urgentAssets({ state, time: { nowMs } }: Turn): Set<string> {
  if (nowMs === null) return new Set();
  const soon = owedPlays(state.durable).filter(({ play }) => play.startMs < nowMs + URGENT_WITHIN_MS);
  return new Set(soon.map(({ play }) => play.audio.sha256));
}

function* missingIndexes(missing: Uint8Array): Iterable<number> {
  for (let index = 0; index < missing.length; index++) if (missing[index]) yield index;
}

function update(turn: Turn, sha256: string, changes: Partial<AssetProgress>): void {
  const asset = turn.state.assets.get(sha256);
  if (asset) turn.set({ assets: new Map(turn.state.assets).set(sha256, { ...asset, ...changes }) });
}

/** Bad pieces come in floods: one report an asset says enough. */
function refuseOnce(turn: Turn, asset: AssetProgress, detail: string): void {
  if (asset.reported) return;
  turn.refuse({ code: 'assetRejected', detail: `${asset.ref.sha256}: ${detail}` });
  update(turn, asset.ref.sha256, { reported: true });
}

/** A piece that is not even looked at. */
export function refusePiece(turn: Turn, sha256: string, detail: string): void {
  const asset = turn.state.assets.get(sha256);
  if (asset) refuseOnce(turn, asset, detail);
}

export function takeDescriptor(turn: Turn, sha256: string, payload: Uint8Array): void {
  const asset = turn.state.assets.get(sha256);
  if (!asset || asset.missing || asset.searched) return;
  const read = readDescriptor(turn, asset.ref, payload);
  if (typeof read === 'string') return refuseOnce(turn, asset, read);
  turn.emit({ type: 'keepDescriptor', sha256, bytes: payload });
  update(turn, sha256, { ...described(read), lastProgressMonoMs: turn.moment.monoMs });
}

/** What is wrong with it, in words, if it is not the one that the plan names. */
function readDescriptor(turn: Turn, ref: AssetRef, bytes: Uint8Array): Descriptor | string {
  if (toHex(turn.env.crypto.sha256(bytes)) !== ref.descriptor) return 'descriptor of another hash';
  const parsed = parseJson(bytes, descriptorSchema);
  const fits =
    parsed &&
    parsed.sha256 === ref.sha256 &&
    parsed.bytes === ref.bytes &&
    parsed.chunks.length === chunkCount(ref.bytes, parsed.chunkBytes);
  return fits ? parsed : 'descriptor does not fit the plan';
}

const described = ({ chunks, chunkBytes }: Descriptor) => ({
  hashes: chunks,
  chunkBytes,
  missing: new Uint8Array(chunks.length).fill(1),
});

/** What an earlier start left of an asset has been looked through: the rest is wished for, or all of it. */
export function chunksFound(turn: Turn, event: Extract<CoreEvent, { type: 'chunksFound' }>): void {
  const asset = turn.state.assets.get(event.sha256);
  if (!asset?.searched) return;
  turn.set({ wishedAtMonoMs: null });
  const read = event.descriptor && readDescriptor(turn, asset.ref, event.descriptor);
  // Of another plan, or none: it begins anew.
  if (read === null || typeof read === 'string') return update(turn, event.sha256, { searched: false });
  const { missing, ...more } = described(read);
  for (const index of event.held) missing[index] = 0;
  const complete = !missing.includes(1);
  const { monoMs } = turn.moment;
  update(turn, event.sha256, { ...more, missing, complete, searched: false, lastProgressMonoMs: monoMs });
  // The power went between the last chunk and the end.
  if (complete) turn.emit({ type: 'finishAsset', sha256: event.sha256 });
}

export function takeChunk(turn: Turn, sha256: string, index: number, payload: Uint8Array): void {
  const asset = turn.state.assets.get(sha256);
  if (!asset?.missing || asset.complete || !asset.missing[index]) return;
  const { start, end } = chunkRange(index, asset.ref.bytes, asset.chunkBytes);
  const expected = asset.hashes?.[index];
  const hash = turn.env.crypto.sha256(payload);
  const genuine = expected ? sameBytes(hash, fromBase64Url(expected)) : toHex(hash) === sha256;
  if (payload.length !== end - start || !genuine) return refuseOnce(turn, asset, `chunk ${index} of another hash`);
  turn.emit({ type: 'writeChunk', sha256, offset: start, bytes: payload });
  const missing = asset.missing.slice();
  missing[index] = 0;
  const complete = !missing.includes(1);
  update(turn, sha256, { missing, complete, lastProgressMonoMs: turn.moment.monoMs });
  if (complete) turn.emit({ type: 'finishAsset', sha256 });
}

export function assetsEvicted(turn: Turn, sha256s: readonly string[]): void {
  const stored = new Set(turn.state.stored);
  const begun = new Set(turn.state.begun);
  const assets = new Map(turn.state.assets);
  for (const sha256 of sha256s) {
    stored.delete(sha256);
    begun.delete(sha256);
    // Wanted since it was chosen to go.
    const asset = assets.get(sha256);
    if (asset) assets.set(sha256, begin(asset.ref, turn.moment.monoMs));
  }
  turn.set({ stored, begun, assets });
}

export function assetFinished(turn: Turn, sha256: string, ok: boolean): void {
  if (ok) {
    const begun = new Set(turn.state.begun);
    begun.delete(sha256);
    turn.set({ stored: new Set(turn.state.stored).add(sha256), begun });
    if (turn.state.durable.head?.parts.some((part) => part.sha256 === sha256)) turn.emit({ type: 'readPart', sha256 });
    return;
  }
  const asset = turn.state.assets.get(sha256);
  if (!asset) return;
  refuseOnce(turn, asset, 'whole hash does not match');
  update(turn, sha256, { ...begin(asset.ref, turn.moment.monoMs), reported: true });
}

function parseJson<T>(
  payload: Uint8Array,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(fromUtf8(payload)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
