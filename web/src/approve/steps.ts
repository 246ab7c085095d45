import type { Hashes, Item, Sentence, Version, Waiting } from './api.js';

/** What of a version the approver saw; the service refuses when anything has changed since. */
export const hashesOf = ({ textSha256, contentSha256, audio }: Version): Hashes => ({
  textSha256,
  audioSha256: audio.sha256,
  contentSha256,
});

/** The version that waits for this reader; without one, the newest, only to be read. */
export function versionToShow(
  item: Item,
  waiting: readonly Waiting[],
): { readonly version: Version; readonly mine: Waiting | null } | null {
  const ofItem = waiting.filter(({ itemId }) => itemId === item.id);
  // Of two, the newer waits for its first decision, the older one is on air.
  const mine = ofItem.reduce<Waiting | null>((last, each) => (last && last.version > each.version ? last : each), null);
  const n = mine?.version ?? item.currentVersion;
  const version = item.versions.find((each) => each.n === n);
  return version ? { version, mine } : null;
}

/** Why a version cannot be approved together with others; null: it can. */
export function apart({ thirdParty, mustBeHeard, audioState }: Waiting): 'checklist' | 'listen' | 'sound' | null {
  if (thirdParty !== null) return 'checklist';
  if (mustBeHeard) return 'listen';
  return audioState === 'rendering' || audioState === 'failed' ? 'sound' : null;
}

/** Whether other words can be put into it: what a person has read aloud says what it says. */
export const isCorrectable = (kind: string, { text, textSha256, audio }: Version): boolean =>
  text !== null && textSha256 !== null && kind !== 'recording' && !audio.uploaded;

/** Corrected words have been heard by nobody. */
export const mustBeHeard = ({ correctedBy, audio }: Version): boolean => correctedBy !== null && audio.sha256 !== null;

/** Gaps that a player leaves between two looks are no silence of the listener. */
const MISSED_SECONDS = 1.5;

/** Whether all of it was played. @param played parts in seconds, as a media element tells them: in order, apart */
export function heardWhole(played: readonly (readonly [from: number, to: number])[], durationSeconds: number): boolean {
  if (!(durationSeconds > 0)) return false;
  const heard = played.reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0);
  return durationSeconds - heard <= Math.min(MISSED_SECONDS, durationSeconds / 4);
}

/**
 * Which sentence sounds, of the first reading; -1: none. @param positionMs in the finished sound, whose silence in front was
 * taken away
 */
export function sentenceAt(sentences: readonly Sentence[], positionMs: number, trimmedStartMs: number): number {
  const at = positionMs + trimmedStartMs;
  return sentences.findIndex(({ startMs, endMs }) => at >= startMs && at < endMs);
}

/** `M…` of an SVG path around the middle of a box of 1 000 × 100; quiet places keep a hair's breadth. */
export function waveOf(peaks: readonly number[]): string {
  const step = 1_000 / Math.max(1, peaks.length);
  return peaks
    .map((peak, i) => {
      const half = Math.max(1, Math.min(50, peak / 2));
      const x = (i + 0.5) * step;
      return `M${x.toFixed(2)} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`;
    })
    .join('');
}

/** The item that an address names; null: none. */
export const itemIn = (search: string): string | null => new URLSearchParams(search).get('item') || null;

/** A path of this service that the page itself can show, e.g. of a notice. */
export function itemOfLink(link: string, origin: string): string | null {
  if (!link.startsWith('/')) return null;
  const url = new URL(link, origin);
  return url.origin === origin && url.pathname === '/duyet' ? itemIn(url.search) : null;
}
