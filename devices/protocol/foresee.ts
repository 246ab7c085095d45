import {
  causeOfLess,
  type Heard,
  heardAfter,
  heardUntilInterrupted,
  heardWhole,
  type Interruption,
  lastAgainMs,
  seekAgainMs,
  waitsAgain,
} from './interruption.js';
import { decideLate, lastStartMs } from './late.js';
import type { PlannedPlay } from './plan.js';
import { byTurn, causeOfWaiting, preempts } from './preemption.js';
import type { Cause, Outcome } from './receipts.js';
import { TurnQueue } from './turn-queue.js';

/** What of a planned play decides when it sounds. */
export type PlayAhead = Pick<
  PlannedPlay,
  'play' | 'startMs' | 'latestEndMs' | 'late' | 'class' | 'level' | 'interrupted' | 'relay'
> & { readonly audio: { readonly durationMs: number } };

/** One stretch of sound, server time; `seekMs`: where in the item it begins. Never empty. */
export interface Segment {
  readonly play: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly seekMs: number;
}

/** What the play's receipt will say (fields as there), and its segments in order of time. */
export interface Fate {
  readonly play: string;
  readonly outcome: Outcome;
  readonly cause: Cause | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly playedMs: number;
  readonly seekMs: number;
  readonly lateMs: number;
  readonly interruptions: readonly Interruption[];
  readonly segments: readonly Segment[];
}

export interface Foresight {
  /** Everything that sounds, in order of time, one at a time. */
  readonly segments: readonly Segment[];
  /** By play, in order of planned start. */
  readonly fates: ReadonlyMap<string, Fate>;
}

interface Waiting {
  readonly play: PlayAhead;
  /** Null: it has not sounded yet. */
  readonly heard: Heard | null;
  readonly lateMs: number;
}

interface Sounding extends Waiting {
  readonly fromMs: number;
  readonly seekMs: number;
  readonly untilMs: number;
}

type Break = 'end' | 'cut' | 'interrupted';

/**
 * What one loudspeaker does with these plays if it has power, trusted time and all audio, and sounds the instant it is
 * asked to: the rules of the player core without its I/O. The order of `plays` does not matter; of two with one id
 * the first is taken. Time: O(n log n).
 */
export function foresee(plays: readonly PlayAhead[]): Foresight {
  return new Course(plays).run();
}

class Course {
  readonly #arrivals: readonly PlayAhead[];
  #next = 0;
  #nowMs = 0;
  readonly #waiting = new TurnQueue<Waiting>((a, b) => byTurn(a.play, b.play));
  #sounding: Sounding | null = null;
  readonly #segments: Segment[] = [];
  /** Who sounded in each segment, and why it ended. */
  readonly #holders: { readonly play: PlayAhead; readonly ended: Break }[] = [];
  readonly #segmentsOf = new Map<string, Segment[]>();
  readonly #fates = new Map<string, Fate>();

  constructor(plays: readonly PlayAhead[]) {
    const unique = new Map<string, PlayAhead>();
    for (const play of plays) if (!unique.has(play.play)) unique.set(play.play, play);
    this.#arrivals = [...unique.values()].sort(
      (a, b) => a.startMs - b.startMs || (a.play < b.play ? -1 : a.play > b.play ? 1 : 0),
    );
  }

  run(): Foresight {
    while (this.#sounding || this.#waiting.size > 0 || this.#next < this.#arrivals.length) {
      if (this.#sounding) this.#soundOn(this.#sounding);
      else if (!this.#giveTurn()) this.#waitForNext();
    }
    const fates = new Map<string, Fate>();
    for (const { play } of this.#arrivals) fates.set(play, this.#fates.get(play) as Fate);
    return { segments: this.#segments, fates };
  }

  /** Until the sound ends or somebody starts meanwhile. */
  #soundOn(sounding: Sounding): void {
    const arrival = this.#arrivals[this.#next];
    // Who starts in the instant in which the sound ends finds the loudspeaker free.
    if (!arrival || arrival.startMs >= sounding.untilMs) {
      this.#nowMs = sounding.untilMs;
      return this.#end(sounding);
    }
    this.#nowMs = arrival.startMs;
    const first = this.#takeArrivals();
    if (first && preempts(first, sounding.play)) this.#interrupt(sounding, first);
  }

  #waitForNext(): void {
    const arrival = this.#arrivals[this.#next];
    if (!arrival) return;
    this.#nowMs = Math.max(this.#nowMs, arrival.startMs);
    this.#takeArrivals();
  }

  /** All that have started by now begin to wait; returns the first of them by turn. */
  #takeArrivals(): PlayAhead | null {
    let first: PlayAhead | null = null;
    for (let play = this.#arrivals[this.#next]; play && play.startMs <= this.#nowMs; ) {
      const waiting = { play, heard: null, lateMs: 0 };
      if (decideLate(play, this.#nowMs).action === 'skip') this.#giveUp(waiting);
      else {
        this.#waiting.push(waiting);
        if (!first || byTurn(play, first) < 0) first = play;
      }
      play = this.#arrivals[++this.#next];
    }
    return first;
  }

  /** The loudspeaker is free. False: nobody who waits can still sound. */
  #giveTurn(): boolean {
    this.#takeArrivals();
    for (let turn = this.#waiting.take(); turn; turn = this.#waiting.take()) {
      const sounding = this.#begin(turn);
      if (!sounding) {
        this.#giveUp(turn);
        continue;
      }
      this.#sounding = sounding;
      return true;
    }
    return false;
  }

  #begin(turn: Waiting): Sounding | null {
    const { play, heard } = turn;
    const fromMs = this.#nowMs;
    const sound = (seekMs: number, lateMs: number): Sounding => {
      const untilMs = Math.min(fromMs + Math.max(0, play.audio.durationMs - seekMs), play.latestEndMs);
      return { play, heard, lateMs, fromMs, seekMs, untilMs };
    };
    if (heard) return fromMs <= lastAgainMs(play, heard) ? sound(seekAgainMs(play, heard, fromMs), turn.lateMs) : null;
    const decision = decideLate(play, fromMs);
    return decision.action === 'play' ? sound(decision.seekMs, decision.lateMs) : null;
  }

  #interrupt(sounding: Sounding, by: PlayAhead): void {
    const run = this.#leave(sounding, 'interrupted');
    const heard = heardUntilInterrupted(sounding.play, sounding.heard, run, { atMs: this.#nowMs, by: by.play });
    const waiting = { play: sounding.play, heard, lateMs: sounding.lateMs };
    if (waitsAgain(sounding.play, heard)) this.#waiting.push(waiting);
    else this.#conclude(waiting, heard, 'preempted');
  }

  #end(sounding: Sounding): void {
    const { play, fromMs, untilMs, seekMs } = sounding;
    const whole = untilMs - fromMs >= play.audio.durationMs - seekMs;
    const heard = heardAfter(play, sounding.heard, this.#leave(sounding, whole ? 'end' : 'cut'));
    this.#conclude(
      sounding,
      heard,
      whole ? (heardWhole(play, heard) ? null : (causeOfLess(play, heard) ?? 'late')) : 'cutShort',
    );
  }

  /** The loudspeaker falls silent. */
  #leave({ play, fromMs, seekMs }: Sounding, ended: Break) {
    const segment = { play: play.play, fromMs, untilMs: this.#nowMs, seekMs };
    this.#sounding = null;
    this.#segments.push(segment);
    this.#holders.push({ play, ended });
    const earlier = this.#segmentsOf.get(play.play);
    if (earlier) earlier.push(segment);
    else this.#segmentsOf.set(play.play, [segment]);
    return { startedAtMs: fromMs, seekMs, playedMs: this.#nowMs - fromMs };
  }

  /** It can no longer sound, from some instant until now on. */
  #giveUp(turn: Waiting): void {
    const { play, heard } = turn;
    if (heard) return this.#conclude(turn, heard, 'preempted');
    const givenUpMs = Math.max(play.startMs, lastStartMs(play) + 1);
    const decision = decideLate(play, givenUpMs);
    const reason = decision.action === 'skip' ? decision.reason : 'late';
    this.#fates.set(play.play, {
      play: play.play,
      outcome: 'notPlayed',
      cause: causeOfWaiting(this.#holderAt(givenUpMs), play, reason),
      startedAtMs: null,
      endedAtMs: null,
      playedMs: 0,
      seekMs: 0,
      lateMs: 0,
      interruptions: [],
      segments: [],
    });
  }

  /** What held the loudspeaker at an instant until now; one that ends by itself then holds it no more. */
  #holderAt(atMs: number): PlayAhead | null {
    const { play, fromMs } = this.#sounding ?? {};
    if (play && fromMs !== undefined && fromMs < atMs) return play;
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle] as Segment).untilMs < atMs) low = middle + 1;
      else high = middle;
    }
    const segment = this.#segments[low];
    const holder = this.#holders[low];
    if (!segment || !holder || segment.fromMs >= atMs) return null;
    return segment.untilMs === atMs && holder.ended === 'end' ? null : holder.play;
  }

  #conclude({ play, lateMs }: Waiting, heard: Heard, cause: Cause | null): void {
    const segments = this.#segmentsOf.get(play.play) ?? [];
    this.#fates.set(play.play, {
      play: play.play,
      outcome: cause === null ? 'complete' : 'partial',
      cause,
      startedAtMs: heard.startedAtMs,
      endedAtMs: heard.endedAtMs,
      playedMs: heard.playedMs,
      seekMs: heard.seekMs,
      lateMs,
      interruptions: heard.interruptions,
      segments,
    });
  }
}
