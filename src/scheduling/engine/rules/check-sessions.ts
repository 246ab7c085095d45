import { DEFAULT_ZONE } from '../time/index.js';
import { blocks, type RuledPlay, type SessionBreach } from './breach.js';
import type { EffectiveRules } from './effective.js';
import { NO_OVERRIDES, type Overrides } from './override.js';
import type { RuleBook } from './rule-book.js';

const MINUTE_MS = 60_000;

interface Session {
  readonly startMs: number;
  /** Where what is heard of it ends. */
  endMs: number;
  /** Which of its local day. */
  readonly nth: number;
  readonly rules: EffectiveRules;
}

/**
 * Holds the sessions of a day against the rules: how long each may last, how many there may be. A session belongs to the
 * local day on which it begins. What a rule silences is not heard, so it takes no room: neither from its session nor from its day.
 * Emergencies take none from what is scheduled: the sessions are made without them, and where an emergency lies beyond what is
 * allowed its pass is reported.
 * @param plays what one cluster is to hear, in any order; all with the path of its area
 * @returns for each play beyond, by start
 */
export function checkSessions(
  book: RuleBook,
  plays: readonly RuledPlay[],
  zone = DEFAULT_ZONE,
  overrides = NO_OVERRIDES,
): readonly SessionBreach[] {
  const inOrder = isInOrder(plays) ? plays : [...plays].sort(byStart);
  const isEmergency = (play: RuledPlay) => play.class === 'emergency';
  const scheduled = inOrder.some(isEmergency) ? inOrder.filter((play) => !isEmergency(play)) : inOrder;
  const breaches = breachesOf(book, scheduled, zone, overrides, blocks);
  if (scheduled.length === inOrder.length) return breaches;
  const silenced = new Set(breaches.filter(blocks).map(({ play }) => play));
  const heard = inOrder.filter((play) => !silenced.has(play));
  const withEmergencies = breachesOf(book, heard, zone, overrides, () => false);
  const ofEmergencies = withEmergencies.filter(({ play }) => play.class === 'emergency');
  return [...breaches, ...ofEmergencies].sort((a, b) => byStart(a.play, b.play));
}

/** @param silences whether a play that breaks a rule is not heard for it */
function breachesOf(
  book: RuleBook,
  inOrder: readonly RuledPlay[],
  zone: string,
  overrides: Overrides,
  silences: (breach: SessionBreach) => boolean,
): SessionBreach[] {
  const { days, onDay } = book.inZone(zone);
  const found: SessionBreach[] = [];
  const countOf = new Map<number, number>();
  let open: Session | null = null;
  for (const play of inOrder) {
    const number = days.numberAt(play.startMs);
    // What touches or overlaps is always one session, whatever the gap.
    const joins: boolean =
      open !== null &&
      (play.startMs <= open.endMs || play.startMs - open.endMs < open.rules.sessionGapMinutes * MINUTE_MS);
    const session: Session =
      joins && open
        ? open
        : {
            startMs: play.startMs,
            endMs: play.startMs,
            nth: (countOf.get(number) ?? 0) + 1,
            rules: onDay(play.areaPath, number).rules,
          };
    const breaches = breachesIn(session, play, zone, overrides);
    for (const breach of breaches) found.push(breach);
    if (breaches.some(silences)) continue;
    session.endMs = Math.max(session.endMs, play.endMs);
    if (!joins) countOf.set(number, session.nth);
    open = session;
  }
  return found;
}

const NO_BREACHES: readonly SessionBreach[] = [];

/** In the hottest loop: where all is well nothing is made. */
function breachesIn(session: Session, play: RuledPlay, zone: string, overrides: Overrides): readonly SessionBreach[] {
  const { maxSessionMinutes: minutes, maxSessionsPerDay: sessions } = session.rules;
  const isTooLong = minutes !== null && play.endMs > session.startMs + minutes.value * MINUTE_MS;
  const isOneTooMany = sessions !== null && session.nth > sessions.value;
  if (!isTooLong && !isOneTooMany) return NO_BREACHES;
  const found: SessionBreach[] = [];
  const span = { fromMs: session.startMs, untilMs: Math.max(session.endMs, play.endMs) };
  if (isTooLong)
    found.push({
      code: 'ruleSessionTooLong',
      source: minutes.source,
      play,
      zone,
      passed: overrides.passFor('ruleSessionTooLong', play, minutes.source),
      allowed: { minutes: minutes.value },
      session: span,
    });
  if (isOneTooMany)
    found.push({
      code: 'ruleTooManySessions',
      source: sessions.source,
      play,
      zone,
      passed: overrides.passFor('ruleTooManySessions', play, sessions.source),
      allowed: { sessions: sessions.value },
      session: span,
      nth: session.nth,
    });
  return found;
}

function isInOrder(plays: readonly RuledPlay[]): boolean {
  for (let at = 1; at < plays.length; at++)
    if (byStart(plays[at - 1] as RuledPlay, plays[at] as RuledPlay) > 0) return false;
  return true;
}

const byStart = (a: RuledPlay, b: RuledPlay): number =>
  less(a.startMs, b.startMs) ||
  less(a.endMs, b.endMs) ||
  compare(a.entryId, b.entryId) ||
  compare(a.occurrence, b.occurrence);

const less = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
