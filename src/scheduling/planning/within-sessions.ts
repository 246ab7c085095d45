import {
  type BoardSettings,
  checkSessions,
  type Interval,
  localDayOf,
  type PlannerAnswer,
  type PlanningGround,
  type Proposal,
  plannerWords,
  type RuledPlay,
  type SessionBreach,
  type Unplaced,
} from '../engine/index.js';

type Rules = NonNullable<BoardSettings['rules']>;

/** So often it is planned anew without the places that break the rules of sessions; what breaks them still is not proposed. */
const ROUNDS = 4;
const MINUTE_MS = 60_000;

/**
 * How long a session may be and how many there may be on a day shows only when everything that a cluster hears is put together. So what
 * was planned is held against that, and planned anew elsewhere; nothing is proposed that would not be played, or would
 * keep something else from being played.
 */
export function planWithinSessions(
  ground: PlanningGround,
  rules: Rules | null,
  zone: string,
  plan: (ground: PlanningGround) => PlannerAnswer,
): PlannerAnswer {
  if (!rules) return plan(ground);
  const sessions = new Sessions(ground, rules, zone);
  for (let round = 1; ; round++) {
    const answer = plan({ ...ground, allowed: (areaPath, day) => sessions.allowed(areaPath, day) });
    if (!answer.ok) return answer;
    const breaking = sessions.breaking(answer.proposals);
    if (breaking.size === 0) return answer;
    if (round === ROUNDS)
      return {
        ok: true,
        proposals: answer.proposals.filter((proposal) => !breaking.has(proposal)),
        unplaced: withBreaking(answer.unplaced, breaking.keys(), ground),
      };
    for (const [proposal, breach] of breaking) sessions.avoid(proposal, breach);
  }
}

class Sessions {
  /** Area and day → what is no longer proposed there. */
  readonly #avoided = new Map<string, Interval[]>();
  /** Area and day → the only hours left: beside the sessions that are there. */
  readonly #beside = new Map<string, readonly Interval[]>();
  /** Cluster → what it breaks without any proposal. */
  readonly #before = new Map<string, ReadonlySet<string>>();
  readonly #longestMs: number;

  constructor(
    private readonly ground: PlanningGround,
    private readonly rules: Rules,
    private readonly zone: string,
  ) {
    this.#longestMs = ground.scripts.reduce((most, { durationMs }) => Math.max(most, durationMs ?? 0), 0);
  }

  allowed(areaPath: string, day: string): readonly Interval[] {
    const key = `${areaPath} ${day}`;
    const beside = this.#beside.get(key);
    let left = this.ground.allowed(areaPath, day);
    if (beside) left = left.flatMap((hours) => beside.flatMap((other) => common(hours, other)));
    for (const avoided of this.#avoided.get(key) ?? [])
      left = left.flatMap((hours) => [
        ...common(hours, { fromMs: Number.NEGATIVE_INFINITY, untilMs: avoided.fromMs }),
        ...common(hours, { fromMs: avoided.untilMs, untilMs: Number.POSITIVE_INFINITY }),
      ]);
    return left;
  }

  /** Proposals that must go, each with the breach that it makes. Without one of them others may break a rule: looked at until none does. */
  breaking(proposals: readonly Proposal[]): Map<Proposal, SessionBreach> {
    const gone = new Map<Proposal, SessionBreach>();
    const heardAt = this.#heardAt(proposals);
    for (let known = -1; known < gone.size; ) {
      known = gone.size;
      for (const { id, areaPath } of this.ground.clusters) {
        const heard = (heardAt.get(id) ?? []).filter((proposal) => !gone.has(proposal));
        if (heard.length === 0) continue;
        const made = new Map(
          heard.map((proposal) => [ruledPlay(areaPath, proposal.startMs, proposal.endMs, proposal.itemId), proposal]),
        );
        const before = this.#breachesBefore(id, areaPath);
        for (const breach of checkSessions(this.rules, [...this.#existing(id, areaPath), ...made.keys()], this.zone)) {
          const own = made.get(breach.play);
          if (own) gone.set(own, breach);
          else if (!before.has(keyOf(breach)))
            for (const proposal of heard) if (proposal.day === this.#dayOf(breach)) gone.set(proposal, breach);
        }
      }
    }
    return gone;
  }

  avoid({ areaPath, clusterIds, day, startMs, endMs }: Proposal, breach: SessionBreach): void {
    for (const cluster of this.ground.clusters) {
      if (clusterIds ? !clusterIds.includes(cluster.id) : !cluster.areaPath.startsWith(areaPath)) continue;
      const key = `${cluster.areaPath} ${day}`;
      const gapMs = this.rules.at(cluster.areaPath, day).sessionGapMinutes * MINUTE_MS;
      if (breach.code === 'ruleTooManySessions' && !this.#beside.has(key)) {
        const reachMs = this.#longestMs + gapMs / 2;
        const existing = this.ground.busy(cluster.id);
        this.#beside.set(
          key,
          existing.map(({ fromMs, untilMs }) => ({ fromMs: fromMs - reachMs, untilMs: untilMs + reachMs })),
        );
      } else {
        const avoided = this.#avoided.get(key) ?? [];
        avoided.push({ fromMs: startMs - gapMs, untilMs: endMs + gapMs });
        this.#avoided.set(key, avoided);
      }
    }
  }

  #heardAt(proposals: readonly Proposal[]): ReadonlyMap<string, readonly Proposal[]> {
    const heard = new Map<string, Proposal[]>(this.ground.clusters.map(({ id }) => [id, []]));
    for (const proposal of proposals) {
      const ids =
        proposal.clusterIds ??
        this.ground.clusters.filter(({ areaPath }) => areaPath.startsWith(proposal.areaPath)).map(({ id }) => id);
      for (const id of ids) heard.get(id)?.push(proposal);
    }
    return heard;
  }

  #breachesBefore(id: string, areaPath: string): ReadonlySet<string> {
    const known =
      this.#before.get(id) ?? new Set(checkSessions(this.rules, this.#existing(id, areaPath), this.zone).map(keyOf));
    this.#before.set(id, known);
    return known;
  }

  #existing(id: string, areaPath: string): RuledPlay[] {
    return this.ground.busy(id).map(({ fromMs, untilMs }) => ruledPlay(areaPath, fromMs, untilMs, ''));
  }

  #dayOf({ session }: SessionBreach): string {
    return localDayOf(session.fromMs, this.zone);
  }
}

const keyOf = ({ code, play }: SessionBreach): string => `${code} ${play.startMs}`;

const ruledPlay = (areaPath: string, startMs: number, endMs: number, itemId: string): RuledPlay => ({
  ...{ areaPath, startMs, endMs, volume: 0, class: 'normal', entryId: itemId, occurrence: String(startMs) },
});

function common(a: Interval, b: Interval): Interval[] {
  const both = { fromMs: Math.max(a.fromMs, b.fromMs), untilMs: Math.min(a.untilMs, b.untilMs) };
  return both.fromMs < both.untilMs ? [both] : [];
}

function withBreaking(unplaced: readonly Unplaced[], breaking: Iterable<Proposal>, ground: PlanningGround): Unplaced[] {
  const reason = 'rulesLeaveNoTime';
  const { firstDay, lastDay, cut } = ground;
  const words = plannerWords(reason, { firstDay, lastDay, cut: cut?.before ?? lastDay });
  const cells = new Map(unplaced.map((cell) => [`${cell.itemId} ${cell.hamletId} ${cell.reason}`, cell]));
  for (const { itemId, hamletIds } of breaking)
    for (const hamletId of hamletIds) {
      const key = `${itemId} ${hamletId} ${reason}`;
      const missing = (cells.get(key)?.missing ?? 0) + 1;
      cells.set(key, { itemId, hamletId, missing, reason, words });
    }
  return [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}
