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
  /** When each device that waits first wished: the broker multiplies by their number. */
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

export type NextPiece =
  | { readonly kind: 'descriptor'; readonly sha256: string; readonly devices: number }
  | { readonly kind: 'chunk'; readonly sha256: string; readonly index: number; readonly devices: number }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'nothing' };

/** The next piece to publish: urgent at once, else the asset wished for longest once `windowMs` has gathered its wishers. */
export function nextPiece(list: WishList, nowMs: number, windowMs: number): NextPiece {
  let best: WishedAsset | undefined;
  for (const asset of list.values()) if (asset.chunks.size > 0 && (!best || goesBefore(asset, best))) best = asset;
  if (!best) return { kind: 'nothing' };
  if (!best.urgent && nowMs < best.sinceMs + windowMs) return { kind: 'wait', untilMs: best.sinceMs + windowMs };
  const devices = best.devices.size;
  if (best.descriptor) return { kind: 'descriptor', sha256: best.sha256, devices };
  const [index] = best.chunks;
  return index === undefined ? { kind: 'nothing' } : { kind: 'chunk', sha256: best.sha256, index, devices };
}

function goesBefore(a: WishedAsset, b: WishedAsset): boolean {
  return a.urgent === b.urgent ? a.sinceMs < b.sinceMs : a.urgent;
}

/** What is left once a piece is on its way; assets that nobody has waited for lately are forgotten. */
export function served(
  list: WishList,
  piece: { readonly kind: 'descriptor' | 'chunk'; readonly sha256: string; readonly index?: number },
  nowMs: number,
): WishList {
  const next = new Map(list);
  const asset = list.get(piece.sha256);
  if (asset && piece.kind === 'descriptor') next.set(piece.sha256, { ...asset, descriptor: false });
  if (asset && piece.kind === 'chunk') {
    const chunks = new Set(asset.chunks);
    chunks.delete(piece.index ?? -1);
    next.set(piece.sha256, { ...asset, chunks, sent: new Map(asset.sent).set(piece.index ?? -1, nowMs) });
  }
  for (const { sha256, chunks, sent } of next.values())
    if (chunks.size === 0 && nowMs - Math.max(...sent.values()) >= ON_ITS_WAY_MS) next.delete(sha256);
  return next;
}

export function forget(list: WishList, sha256: string): WishList {
  const next = new Map(list);
  next.delete(sha256);
  return next;
}
