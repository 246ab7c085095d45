/**
 * Which bulletin gets the loudspeaker: data and pure functions, shared by service and player, so that a preview and a
 * device never differ. A change of any outcome here, in `late.ts` or in `interruption.ts` raises this number.
 */
export const POLICY_VERSION = 1;

/** Classes of bulletin (Thông tư 39/2020/TT-BTTTT), the weakest first. */
export const PLAY_CLASSES = ['normal', 'priority', 'emergency'] as const;
export type PlayClass = (typeof PLAY_CLASSES)[number];

/** Level of the office that ordered a play, the lowest first. What a hamlet orders counts as its commune's. */
export const AUTHORITY_LEVELS = ['commune', 'district', 'province', 'centre'] as const;
export type AuthorityLevel = (typeof AUTHORITY_LEVELS)[number];

/** Of a play that names no level. */
export const DEFAULT_LEVEL: AuthorityLevel = 'commune';

export interface Standing {
  readonly class: PlayClass;
  readonly level?: AuthorityLevel | undefined;
}

export type Interrupts = 'always' | 'ifHigherLevel' | 'never';

/**
 * Row: the newcomer. Column: what is sounding. An emergency interrupts all that is none, and an emergency of a lower
 * level. Priority is placed ahead; it cuts nothing.
 */
export const PREEMPTION: Readonly<Record<PlayClass, Readonly<Record<PlayClass, Interrupts>>>> = {
  normal: { normal: 'never', priority: 'never', emergency: 'never' },
  priority: { normal: 'never', priority: 'never', emergency: 'never' },
  emergency: { normal: 'always', priority: 'always', emergency: 'ifHigherLevel' },
};

/**
 * What decides between plays of one class that wait, the first that differs; the id of the play decides last, so that
 * every device agrees. The higher level and the earlier start come first.
 *
 * Emergencies go by level before start, because one that may interrupt another must not stand behind it. The others keep
 * the order that was planned (a person has decided it where priorities clashed); the level decides at the same instant.
 */
export const TURN_ORDER: Readonly<Record<PlayClass, readonly ['level', 'start'] | readonly ['start', 'level']>> = {
  emergency: ['level', 'start'],
  priority: ['start', 'level'],
  normal: ['start', 'level'],
};

const LEVEL_RANK: Readonly<Record<AuthorityLevel, number>> = { commune: 0, district: 1, province: 2, centre: 3 };
const CLASS_RANK: Readonly<Record<PlayClass, number>> = { normal: 0, priority: 1, emergency: 2 };
const levelOf = (standing: Standing): number => LEVEL_RANK[standing.level ?? DEFAULT_LEVEL];

/** Whether a newcomer takes the loudspeaker from what is sounding; otherwise it waits until that has ended. */
export function preempts(newcomer: Standing, sounding: Standing): boolean {
  const rule = PREEMPTION[newcomer.class][sounding.class];
  return rule === 'always' || (rule === 'ifHigherLevel' && levelOf(newcomer) > levelOf(sounding));
}

interface Due extends Standing {
  readonly play: string;
  readonly startMs: number;
}

/**
 * The order in which waiting plays get the loudspeaker: class, then TURN_ORDER, then id. A total order over distinct ids,
 * and one that fits `preempts`: whoever could interrupt a play stands before it.
 */
export function byTurn(a: Due, b: Due): number {
  const byClass = CLASS_RANK[b.class] - CLASS_RANK[a.class];
  if (byClass !== 0) return byClass;
  const byLevel = levelOf(b) - levelOf(a);
  const byStart = a.startMs - b.startMs;
  const decided = TURN_ORDER[a.class][0] === 'level' ? byLevel || byStart : byStart || byLevel;
  return decided || (a.play < b.play ? -1 : a.play > b.play ? 1 : 0);
}

/**
 * The cause on the receipt of a play that waited until its policy gave it up. `holder`: what held the loudspeaker then; if
 * it could have taken it from this play, the play was pre-empted before its first sample.
 */
export function causeOfWaiting<Reason extends string>(
  holder: Standing | null,
  play: Standing,
  reason: Reason,
): Reason | 'preempted' {
  return holder && preempts(holder, play) ? 'preempted' : reason;
}

export interface PreemptionRow {
  readonly newcomer: Required<Standing>;
  readonly other: Required<Standing>;
  /** What the newcomer does while the other sounds. */
  readonly whileOtherSounds: 'interrupts' | 'waits';
  /** Who is first when both wait; `earlierStart`: at the same start the higher level, then the lower id. */
  readonly whenBothWait: 'newcomer' | 'other' | 'earlierStart';
}

/** Every pair of class and level with its outcome, weakest first: the table of the docs. */
export const PREEMPTION_TABLE: readonly PreemptionRow[] = everyPair();

function everyPair(): PreemptionRow[] {
  const standings = PLAY_CLASSES.flatMap((kind) => AUTHORITY_LEVELS.map((level) => ({ class: kind, level })));
  // Whatever their starts are, one of them is first: then class or level has decided.
  const first = (a: Standing, b: Standing, startMs: number) =>
    byTurn({ ...a, play: 'a', startMs }, { ...b, play: 'b', startMs: 1 }) < 0;
  return standings.flatMap((newcomer) =>
    standings.map((other): PreemptionRow => {
      const early = first(newcomer, other, 0);
      const late = first(newcomer, other, 2);
      return {
        newcomer,
        other,
        whileOtherSounds: preempts(newcomer, other) ? 'interrupts' : 'waits',
        whenBothWait: early !== late ? 'earlierStart' : early ? 'newcomer' : 'other',
      };
    }),
  );
}
