import { Temporal } from 'temporal-polyfill';

/** The day of whoever listens, whatever the zone of the machine (invariant 1). */
const ZONE = 'Asia/Ho_Chi_Minh';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Silence of at least so long between two plays makes two sessions of them. */
export const GAP_MS = 30 * MINUTE_MS;
/** For so long after its end a session is asked about: nobody remembers for longer. */
export const ASKED_FOR_MS = 3 * DAY_MS;
/** For so long after the first answer whoever gave it may correct it. */
export const CORRECTABLE_MS = 60 * MINUTE_MS;

export const ANSWERS = ['clear', 'unclear', 'notHeard'] as const;
/** nghe rõ / nghe không rõ / không nghe */
export type Answer = (typeof ANSWERS)[number];

/** A play as one device of one cluster was told it. */
export interface ToldPlay {
  /** Of the planned play. */
  readonly id: string;
  readonly clusterId: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly startMs: number;
  /** Null: not known. */
  readonly durationMs: number | null;
}

/** Buổi phát, as a hamlet was told it: what its clusters play near each other in time on one local day. */
export interface Session<Play extends ToldPlay = ToldPlay> {
  /** Where its first play starts. */
  readonly startMs: number;
  readonly endMs: number;
  readonly day: string;
  /** In order of time. */
  readonly plays: readonly Play[];
}

/** `2026-01-05` */
export const localDay = (ms: number): string => zoned(ms).toPlainDate().toString();

export const dayStartMs = (ms: number): number => zoned(ms).startOfDay().epochMilliseconds;

/** The end of the same day, which is the start of the next. */
export const dayEndMs = (ms: number): number => zoned(ms).startOfDay().add({ days: 1 }).epochMilliseconds;

const zoned = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONE);

/** Was, or is, this link in force on the day? Both its ends are included. */
export const holdsOn = (
  { validFrom, validTo }: { readonly validFrom: string; readonly validTo: string | null },
  day: string,
): boolean => validFrom <= day && (validTo === null || validTo >= day);

/**
 * Sessions of a hamlet in order of time. A session is named by the start of its first play: what is added behind changes nothing in that, and
 * nothing is ever told of a time that is over, so from its start on the name stands.
 * @param plays of the clusters that serve the hamlet on the day of the play, without what was withdrawn and what was asked about already
 */
export function sessionsOf<Play extends ToldPlay>(plays: readonly Play[]): Session<Play>[] {
  const sessions: { startMs: number; endMs: number; day: string; plays: Play[] }[] = [];
  const inOrder = [...plays].sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  for (const play of inOrder) {
    const endMs = play.startMs + (play.durationMs ?? 0);
    const day = localDay(play.startMs);
    const last = sessions.at(-1);
    if (last && last.day === day && play.startMs - last.endMs < GAP_MS) {
      last.plays.push(play);
      last.endMs = Math.max(last.endMs, endMs);
    } else sessions.push({ startMs: play.startMs, endMs, day, plays: [play] });
  }
  return sessions;
}

export type Askable = 'running' | 'open' | 'over';

/** May it be asked about? Nobody can say of a session that still goes on how it was heard. */
export function askable({ endMs }: Pick<Session, 'endMs'>, nowMs: number): Askable {
  if (nowMs < endMs) return 'running';
  return nowMs < endMs + ASKED_FOR_MS ? 'open' : 'over';
}

/** What the listeners should have heard, each content once for each start, however many clusters played it. */
export function itemsOf<Play extends ToldPlay>(plays: readonly Play[]): Play[] {
  const seen = new Map<string, Play>();
  for (const play of plays) {
    const key = `${play.startMs} ${play.itemId}`;
    if (!seen.has(key)) seen.set(key, play);
  }
  return [...seen.values()];
}
