import { z } from 'zod';
import { durationMs, epochMs, id } from './words.js';

/** What becomes of a play when another one takes the loudspeaker from it. Shared by service and player. */
export const INTERRUPTED_POLICIES = ['resume', 'makeUp', 'drop'] as const;
export type InterruptedPolicy = (typeof INTERRUPTED_POLICIES)[number];

/** Of a play that names none. */
export const DEFAULT_INTERRUPTED: InterruptedPolicy = 'drop';

/** With this many a play is given up, so that its receipt stays small and nobody hears its crumbs all day. */
export const MAX_INTERRUPTIONS = 20;

/** Sound that ends within this of the file's length is complete: decoders and sound cards round. */
export const COMPLETE_WITHIN_MS = 150;

export interface InterruptedRule {
  /** Where it begins again once it has its turn; null: it does not. */
  readonly beginsAgainAt: 'whereItWas' | 'whereItWouldBe' | 'beginning' | null;
  /** What must end by `latestEndMs` for that; what cannot is partial with cause `preempted`. */
  readonly mustFit: 'whatIsLeft' | 'somethingIsLeft' | 'theWhole' | null;
  /** What `playedMs` of the receipt counts, so that no second of the item counts twice. */
  readonly counts: 'allRuns' | 'longestRun';
}

export const INTERRUPTED_RULES: Readonly<Record<InterruptedPolicy, InterruptedRule>> = {
  resume: { beginsAgainAt: 'whereItWas', mustFit: 'whatIsLeft', counts: 'allRuns' },
  makeUp: { beginsAgainAt: 'beginning', mustFit: 'theWhole', counts: 'longestRun' },
  drop: { beginsAgainAt: null, mustFit: null, counts: 'allRuns' },
};

/**
 * Of a relay that is not dropped, whichever it names: its source went on meanwhile, so it is joined where it is by now, ends when it
 * would have ended without the interruption, and what was missed stays missed (partial, `preempted`).
 */
export const INTERRUPTED_RELAY: InterruptedRule = {
  beginsAgainAt: 'whereItWouldBe',
  mustFit: 'somethingIsLeft',
  counts: 'allRuns',
};

/** One interruption, as the receipt tells it. Instants in server time. */
export const interruption = z.object({
  /** When the other play asked for the loudspeaker. */
  atMs: epochMs,
  /** Milliseconds that had sounded since the play last began from its beginning (or where a late start joined in). */
  playedMs: durationMs,
  /** The play that interrupted. */
  by: id,
  /** When it sounded again; null: never. */
  againAtMs: epochMs.nullable(),
});
export type Interruption = z.infer<typeof interruption>;

/** A stretch of sound without a break. `seekMs`: where in the item it began. */
export interface Run {
  readonly startedAtMs: number;
  readonly seekMs: number;
  readonly playedMs: number;
}

/** What has been heard of a play over all its runs; what its receipt will say. */
export interface Heard {
  /** Beginning of the first run, end of the last. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The stretch of the item that counts: it was heard from `seekMs` for `playedMs`. */
  readonly seekMs: number;
  readonly playedMs: number;
  readonly interruptions: readonly Interruption[];
}

interface Interruptible {
  readonly latestEndMs: number;
  readonly interrupted?: InterruptedPolicy | undefined;
  readonly audio: { readonly durationMs: number };
  /** Present: what sounds is live. */
  readonly relay?: object | undefined;
}

function ruleOf({ interrupted = DEFAULT_INTERRUPTED, relay }: Interruptible): InterruptedRule {
  return relay && interrupted !== 'drop' ? INTERRUPTED_RELAY : INTERRUPTED_RULES[interrupted];
}

/** What has been heard once `run` is over. `before`: at the latest interruption; null for a first run. */
export function heardAfter(play: Interruptible, before: Heard | null, run: Run): Heard {
  const endedAtMs = run.startedAtMs + run.playedMs;
  if (!before)
    return {
      startedAtMs: run.startedAtMs,
      endedAtMs,
      seekMs: run.seekMs,
      playedMs: run.playedMs,
      interruptions: [],
    };
  const latest = before.interruptions.length - 1;
  const heard = {
    ...before,
    // Never backwards, whatever the clock did meanwhile (case 9).
    endedAtMs: Math.max(before.endedAtMs, endedAtMs),
    interruptions: before.interruptions.map((each, n) =>
      n === latest ? { ...each, againAtMs: run.startedAtMs } : each,
    ),
  };
  const { beginsAgainAt, counts } = ruleOf(play);
  // What a relay sent while another play sounded was not heard.
  if (beginsAgainAt === 'whereItWouldBe') return { ...heard, playedMs: before.playedMs + run.playedMs };
  if (counts === 'allRuns') return { ...heard, playedMs: run.seekMs + run.playedMs - before.seekMs };
  return run.playedMs < before.playedMs ? heard : { ...heard, seekMs: run.seekMs, playedMs: run.playedMs };
}

/** The same for a run that was interrupted: at `atMs`, by the play `by`. */
export function heardUntilInterrupted(
  play: Interruptible,
  before: Heard | null,
  run: Run,
  { atMs, by }: Pick<Interruption, 'atMs' | 'by'>,
): Heard {
  const heard = heardAfter(play, before, run);
  const playedMs = ruleOf(play).counts === 'allRuns' ? heard.playedMs : run.playedMs;
  return { ...heard, interruptions: [...heard.interruptions, { atMs, playedMs, by, againAtMs: null }] };
}

/** Whether an interrupted play waits for another turn; otherwise it has ended, partial, cause `preempted`. */
export function waitsAgain(play: Interruptible, heard: Pick<Heard, 'interruptions'>): boolean {
  return ruleOf(play).beginsAgainAt !== null && heard.interruptions.length < MAX_INTERRUPTIONS;
}

type Broken = Pick<Heard, 'startedAtMs' | 'seekMs' | 'playedMs'>;

/** Where in the item, or in the planned time of a relay, an interrupted play begins again at `nowMs`; ms. */
export function seekAgainMs(play: Interruptible, heard: Broken, nowMs: number): number {
  switch (ruleOf(play).beginsAgainAt) {
    case 'whereItWas':
      return heard.seekMs + heard.playedMs;
    case 'whereItWouldBe':
      // Never before what was heard, whatever the clock did meanwhile (case 9).
      return Math.max(heard.seekMs + heard.playedMs, heard.seekMs + nowMs - heard.startedAtMs);
    default:
      return 0;
  }
}

/** The last instant (ms) at which an interrupted play may begin again; after it, it has ended: partial, `preempted`. */
export function lastAgainMs(play: Interruptible, heard: Broken): number {
  if (ruleOf(play).mustFit === 'somethingIsLeft')
    return Math.min(play.latestEndMs, heard.startedAtMs - heard.seekMs + play.audio.durationMs) - 1;
  return play.latestEndMs - (play.audio.durationMs - seekAgainMs(play, heard, heard.startedAtMs));
}

/** Whether all of the item was heard. */
export function heardWhole(play: Interruptible, heard: Pick<Heard, 'seekMs' | 'playedMs'>): boolean {
  return heard.seekMs === 0 && heard.playedMs >= play.audio.durationMs - COMPLETE_WITHIN_MS;
}

/** Why less than the whole was heard of a play whose sound came to its own end. Null: nothing in its course says why. */
export function causeOfLess(
  play: Interruptible,
  { seekMs, interruptions }: Pick<Heard, 'seekMs' | 'interruptions'>,
): 'late' | 'preempted' | null {
  if (seekMs > 0) return 'late';
  return interruptions.length > 0 && ruleOf(play).beginsAgainAt === 'whereItWouldBe' ? 'preempted' : null;
}
