import type { PlannedPlay } from '../../../../devices/protocol/index.js';
import type { RelayItem, ScheduleEntry, SoundItem, TimelineItem } from '../model.js';
import type { Step } from './running-order.js';

/**
 * What a device is told of a step; null: of what a board shows, and of a relay without a sound to take its place, nothing.
 *
 * In the hottest loop: one shape, and nothing copied. The keys stand in the order of the contract, so that what was told and read back
 * has the same bytes as what is made anew; what is undefined is not written.
 */
export function playOf(
  entry: ScheduleEntry,
  play: string,
  occurrence: string,
  startMs: number,
  volume: number,
  { part, durationMs }: Pick<Step, 'part' | 'durationMs'>,
  content: TimelineItem,
): PlannedPlay | null {
  const told = content.audio ? toldOf(content) : content.relay ? toldOfRelay(content, durationMs ?? 0) : null;
  if (!told) return null;
  const { item, audio, relay } = told;
  return {
    play,
    occurrence,
    part,
    startMs,
    latestEndMs: startMs + audio.durationMs + entry.graceMs,
    // Who comes late to a live source can only join it where it is; whatever the order says of stored sound.
    late: relay ? 'seek' : entry.late,
    class: entry.class,
    level: entry.level === 'commune' ? undefined : entry.level,
    interrupted: interruptedOf(entry, relay),
    volume,
    item,
    audio,
    relay,
  };
}

type Told = Pick<PlannedPlay, 'item' | 'audio' | 'relay'>;

/** A live source has no beginning to go back to: what is to be made up for is joined again. */
function interruptedOf({ interrupted }: ScheduleEntry, relay: PlannedPlay['relay']): PlannedPlay['interrupted'] {
  if (interrupted === 'drop') return undefined;
  return relay ? 'resume' : interrupted;
}

/** All plays of one content share what is told of it. */
const told = new WeakMap<SoundItem, Told>();

function toldOf(content: SoundItem): Told {
  const known = told.get(content);
  if (known) return known;
  const { sha256, bytes, type, durationMs } = content.audio;
  const made: Told = { item: contentOf(content), audio: { sha256, bytes, type, durationMs } };
  told.set(content, made);
  return made;
}

/** @param durationMs as planned: the source itself has no end */
function toldOfRelay(content: RelayItem, durationMs: number): Told | null {
  const { url, fallback } = content.relay;
  if (!fallback) return null;
  const { sha256, bytes, type } = fallback;
  return { item: contentOf(content), audio: { sha256, bytes, type, durationMs }, relay: { kind: 'stream', url } };
}

function contentOf({ id, version, title, textSha256, language, approval }: TimelineItem): PlannedPlay['item'] {
  return {
    ...{ id, version, title },
    ...(textSha256 === null ? {} : { textSha256 }),
    language,
    ...(approval === 'after' ? { approval } : {}),
  };
}
