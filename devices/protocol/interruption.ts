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
  readonly beginsAgainAt: 'whereItWas' | 'beginning' | null;
  /** What must end by `latestEndMs` for that; what cannot is partial with cause `preempted`. */
  readonly mustFit: 'whatIsLeft' | 'theWhole' | null;
  /** What `playedMs` of the receipt counts, so that no second of the item counts twice. */
  readonly counts: 'allRuns' | 'longestRun';
}

export const INTERRUPTED_RULES: Readonly<Record<InterruptedPolicy, InterruptedRule>> = {
  resume: { beginsAgainAt: 'whereItWas', mustFit: 'whatIsLeft', counts: 'allRuns' },
  makeUp: { beginsAgainAt: 'beginning', mustFit: 'theWhole', counts: 'longestRun' },
  drop: { beginsAgainAt: null, mustFit: null, counts: 'allRuns' },
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
}

const ruleOf = (play: Interruptible): InterruptedRule => INTERRUPTED_RULES[play.interrupted ?? DEFAULT_INTERRUPTED];

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
  if (ruleOf(play).counts === 'allRuns') return { ...heard, playedMs: run.seekMs + run.playedMs - before.seekMs };
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

/** Where in the item an interrupted play begins again, ms. */
export function seekAgainMs(play: Interruptible, heard: Pick<Heard, 'seekMs' | 'playedMs'>): number {
  return ruleOf(play).beginsAgainAt === 'whereItWas' ? heard.seekMs + heard.playedMs : 0;
}

/** The last instant (ms) at which an interrupted play may begin again; after it, it has ended: partial, `preempted`. */
export function lastAgainMs(play: Interruptible, heard: Pick<Heard, 'seekMs' | 'playedMs'>): number {
  return play.latestEndMs - (play.audio.durationMs - seekAgainMs(play, heard));
}

/** Whether all of the item was heard. */
export function heardWhole(play: Interruptible, heard: Pick<Heard, 'seekMs' | 'playedMs'>): boolean {
  return heard.seekMs === 0 && heard.playedMs >= play.audio.durationMs - COMPLETE_WITHIN_MS;
}
