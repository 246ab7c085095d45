import { DEFAULT_ZONE } from '../time/index.js';
import type { RuledPlay, SessionBreach } from './breach.js';
import { NO_OVERRIDES, type Overrides } from './override.js';
import type { RuleBook } from './rule-book.js';

const MINUTE_MS = 60_000;

interface Session {
  readonly startMs: number;
  endMs: number;
  readonly plays: RuledPlay[];
}

/**
 * Holds the sessions of a day against the rules: how long each may last, how many there may be. A session belongs to the
 * local day on which it begins. Emergencies take no room from what is scheduled: the sessions are made without them, and
 * where an emergency lies beyond what is allowed its pass is reported.
 * @param plays what one cluster is to hear, in any order; all with the path of its area
 * @returns for each play beyond, by start
 */
export function checkSessions(
  book: RuleBook,
  plays: readonly RuledPlay[],
  zone = DEFAULT_ZONE,
  overrides = NO_OVERRIDES,
): readonly SessionBreach[] {
  const inOrder = [...plays].sort(byStart);
  const scheduled = inOrder.filter((play) => play.class !== 'emergency');
  const breaches = breachesOf(book, scheduled, zone, overrides);
  if (scheduled.length === inOrder.length) return breaches;
  const withEmergencies = breachesOf(book, inOrder, zone, overrides);
  const ofEmergencies = withEmergencies.filter(({ play }) => play.class === 'emergency');
  return [...breaches, ...ofEmergencies].sort((a, b) => byStart(a.play, b.play));
}

function breachesOf(
  book: RuleBook,
  inOrder: readonly RuledPlay[],
  zone: string,
  overrides: Overrides,
): SessionBreach[] {
  const { days, onDay } = book.inZone(zone);
  const found: SessionBreach[] = [];
  const countOf = new Map<number, number>();
  for (const session of sessionsOf(book, inOrder, zone)) {
    const number = days.numberAt(session.startMs);
    const { rules } = onDay(session.plays[0]!.areaPath, number);
    const nth = (countOf.get(number) ?? 0) + 1;
    countOf.set(number, nth);
    const span = { fromMs: session.startMs, untilMs: session.endMs };
    const { maxSessionMinutes: minutes, maxSessionsPerDay: sessions } = rules;
    for (const play of session.plays) {
      if (minutes !== null && play.endMs > session.startMs + minutes.value * MINUTE_MS)
        found.push({
          code: 'ruleSessionTooLong',
          source: minutes.source,
          play,
          zone,
          passed: overrides.passFor('ruleSessionTooLong', play),
          allowed: { minutes: minutes.value },
          session: span,
        });
      if (sessions !== null && nth > sessions.value)
        found.push({
          code: 'ruleTooManySessions',
          source: sessions.source,
          play,
          zone,
          passed: overrides.passFor('ruleTooManySessions', play),
          allowed: { sessions: sessions.value },
          session: span,
          nth,
        });
    }
  }
  return found;
}

/** What touches or overlaps is always one session, whatever the gap. */
function sessionsOf(book: RuleBook, inOrder: readonly RuledPlay[], zone: string): Session[] {
  const { days, onDay } = book.inZone(zone);
  const sessions: Session[] = [];
  let gapMs = 0;
  for (const play of inOrder) {
    const open = sessions.at(-1);
    if (open && (play.startMs <= open.endMs || play.startMs - open.endMs < gapMs)) {
      open.plays.push(play);
      open.endMs = Math.max(open.endMs, play.endMs);
      continue;
    }
    sessions.push({ startMs: play.startMs, endMs: Math.max(play.endMs, play.startMs), plays: [play] });
    gapMs = onDay(play.areaPath, days.numberAt(play.startMs)).rules.sessionGapMinutes * MINUTE_MS;
  }
  return sessions;
}

const byStart = (a: RuledPlay, b: RuledPlay): number =>
  a.startMs - b.startMs || a.endMs - b.endMs || compare(a.entryId, b.entryId) || compare(a.occurrence, b.occurrence);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
