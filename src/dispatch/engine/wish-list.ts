/**
 * Which chunks are still to be published, for whom it was first asked. A chunk that goes out serves everyone who wished
 * for the asset before that moment, because a device subscribes before it wishes: so each missing chunk is published once.
 */
export interface WishedAsset {
  readonly sha256: string;
  /** Milliseconds (any clock) of the first wish that is not served yet. */
  readonly sinceMs: number;
  readonly urgent: boolean;
  /** Whether the descriptor is still to go out. */
  readonly descriptor: boolean;
  readonly chunks: ReadonlySet<number>;
  /** When each chunk last went out. */
  readonly sent: ReadonlyMap<number, number>;
  /** When each device that waits first wished. */
  readonly devices: ReadonlyMap<string, number>;
}

export type WishList = ReadonlyMap<string, WishedAsset>;

export interface WishFor {
  readonly device: string;
  readonly sha256: string;
  /** Indexes, or null for everything and the descriptor. */
  readonly missing: readonly number[] | null;
  readonly chunkCount: number;
  readonly urgent: boolean;
}

/**
 * A chunk that went out so short a time ago may still be on its way to a device that was waiting for it: a wish that
 * crosses it is no reason to send it again. Shorter than the time after which a device that got nothing wishes again.
 */
export const ON_ITS_WAY_MS = 6_000;

export function addWish(list: WishList, wish: WishFor, nowMs: number): WishList {
  const known = list.get(wish.sha256);
  const waitedSince = known?.devices.get(wish.device);
  const onItsWay = (index: number) => {
    const sentAt = known?.sent.get(index);
    return sentAt !== undefined && waitedSince !== undefined && waitedSince <= sentAt && nowMs - sentAt < ON_ITS_WAY_MS;
  };
  const chunks = new Set(known?.chunks);
  const indexes = wish.missing ?? Array.from({ length: wish.chunkCount }, (_, index) => index);
  for (const index of indexes) if (index < wish.chunkCount && !onItsWay(index)) chunks.add(index);
  if (chunks.size === 0) return list;
  return new Map(list).set(wish.sha256, {
    sha256: wish.sha256,
    sinceMs: known && known.chunks.size > 0 ? known.sinceMs : nowMs,
    urgent: wish.urgent || known?.urgent === true,
    descriptor: (wish.missing === null && wish.chunkCount > 1) || known?.descriptor === true,
    chunks,
    sent: known?.sent ?? new Map(),
    devices: new Map(known?.devices).set(wish.device, waitedSince ?? nowMs),
  });
}

/** How many of the wished chunks went out to this device while it waited, too long ago to be on their way still. */
export function lostTo(list: WishList, wish: WishFor, nowMs: number): number {
  const known = list.get(wish.sha256);
  const waitedSince = known?.devices.get(wish.device);
  if (!known || waitedSince === undefined) return 0;
  const isLost = (index: number) => {
    const sentAt = known.sent.get(index);
    return sentAt !== undefined && waitedSince <= sentAt && nowMs - sentAt >= ON_ITS_WAY_MS;
  };
  return (wish.missing ?? [...known.sent.keys()]).filter(isLost).length;
}

export type Piece =
  | { readonly kind: 'descriptor'; readonly sha256: string }
  | { readonly kind: 'chunk'; readonly sha256: string; readonly index: number };

export type NextPiece = Piece | { readonly kind: 'wait'; readonly untilMs: number } | { readonly kind: 'nothing' };

/** What is urgent waits for this share of the window only: whoever heard the same emergency wishes within it. */
const URGENT_SHARE = 0.2;

/**
 * The next piece to publish: the asset wished for longest once `windowMs` has gathered its wishers, what is urgent first and sooner.
 * An asset in `parked` is left out until the instant given there, because its receivers cannot take more before.
 */
export function nextPiece(
  list: WishList,
  nowMs: number,
  windowMs: number,
  parked: ReadonlyMap<string, number> = new Map(),
): NextPiece {
  let best: WishedAsset | undefined;
  let untilMs = Number.POSITIVE_INFINITY;
  for (const asset of list.values()) {
    if (asset.chunks.size === 0 && !asset.descriptor) continue;
    const gatheredMs = asset.sinceMs + windowMs * (asset.urgent ? URGENT_SHARE : 1);
    const readyMs = Math.max(gatheredMs, parked.get(asset.sha256) ?? nowMs);
    if (readyMs > nowMs) untilMs = Math.min(untilMs, readyMs);
    else if (!best || goesBefore(asset, best)) best = asset;
  }
  if (!best) return untilMs === Number.POSITIVE_INFINITY ? { kind: 'nothing' } : { kind: 'wait', untilMs };
  if (best.descriptor) return { kind: 'descriptor', sha256: best.sha256 };
  const [index] = best.chunks;
  return index === undefined ? { kind: 'nothing' } : { kind: 'chunk', sha256: best.sha256, index };
}

function goesBefore(a: WishedAsset, b: WishedAsset): boolean {
  return a.urgent === b.urgent ? a.sinceMs < b.sinceMs : a.urgent;
}

/** What is left once a piece is on its way; assets that nobody has waited for lately are forgotten. */
export function served(list: WishList, piece: Piece, nowMs: number): WishList {
  const next = new Map(list);
  const asset = list.get(piece.sha256);
  if (asset && piece.kind === 'descriptor') next.set(piece.sha256, { ...asset, descriptor: false });
  if (asset && piece.kind === 'chunk') {
    const chunks = new Set(asset.chunks);
    chunks.delete(piece.index);
    next.set(piece.sha256, { ...asset, chunks, sent: new Map(asset.sent).set(piece.index, nowMs) });
  }
  for (const { sha256, chunks, descriptor, sent } of next.values())
    if (chunks.size === 0 && !descriptor && nowMs - Math.max(...sent.values()) >= ON_ITS_WAY_MS) next.delete(sha256);
  return next;
}

/** The connection to the broker was lost before it had taken the piece: it goes out again. */
export function putBack(list: WishList, piece: Piece): WishList {
  const asset = list.get(piece.sha256);
  if (!asset) return list;
  if (piece.kind === 'descriptor') return new Map(list).set(piece.sha256, { ...asset, descriptor: true });
  const sent = new Map(asset.sent);
  sent.delete(piece.index);
  return new Map(list).set(piece.sha256, { ...asset, chunks: new Set(asset.chunks).add(piece.index), sent });
}

/** A device that left has lost what was on its way to it, and wishes anew when it is back. */
export function gone(list: WishList, device: string): WishList {
  let next = list;
  for (const asset of list.values()) {
    if (!asset.devices.has(device)) continue;
    const devices = new Map(asset.devices);
    devices.delete(device);
    next = new Map(next).set(asset.sha256, { ...asset, devices });
  }
  return next;
}

/** Chunks still to be published. */
export function chunksToGo(list: WishList): number {
  let chunks = 0;
  for (const asset of list.values()) chunks += asset.chunks.size;
  return chunks;
}

export function forget(list: WishList, sha256: string): WishList {
  const next = new Map(list);
  next.delete(sha256);
  return next;
}
