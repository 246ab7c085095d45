import { gzipSync } from 'node:zlib';
import { type DayPart, type Named, type PlanHead, type PlannedPlay, topics } from '../../protocol/index.js';
import type { KeyBoard } from './keys.js';
import type { Shelf } from './shelf.js';

const DAY_MS = 86_400_000;
/** Viet Nam, all year. */
const OFFSET_MS = 7 * 3_600_000;
export const dayOf = (ms: number): string => new Date(ms + OFFSET_MS).toISOString().slice(0, 10);

/** What makes a JWS longer by as many letters, or a few less. */
export const filling = (letters: number): string => ' '.repeat(Math.max(0, Math.floor((letters * 3) / 4) - 1));

export interface Place {
  readonly area: Named;
  readonly cluster: Named;
}

export interface Change {
  readonly add?: readonly PlannedPlay[];
  readonly drop?: readonly string[];
  /** An asset that stands in the head as the part of a day after the plan's others. */
  readonly strange?: PlanHead['parts'][number];
  /** The signed head is filled up to so many letters. */
  readonly headLetters?: number;
}

/**
 * The one plan of the controller. Clauses that run beside each other change it together: each new head names all plays of the
 * run that nobody took out, also those that are over.
 */
export class PlanBoard {
  readonly #plays = new Map<string, PlannedPlay>();
  /** Every play that was ever told, and in which versions. */
  readonly told = new Map<string, { readonly play: PlannedPlay; readonly versions: Set<number> }>();
  readonly beganMs: number;
  #version = 0;
  #signed = '';
  #head: PlanHead | null = null;

  constructor(
    private readonly device: string,
    private readonly place: Place,
    private readonly keys: KeyBoard,
    private readonly shelf: Shelf,
    private readonly now: () => number,
    private readonly publish: (topic: string, payload: string, retain: boolean) => void,
  ) {
    this.beganMs = now();
  }

  get head(): PlanHead {
    if (!this.#head) throw new Error('no plan yet');
    return this.#head;
  }

  get signed(): string {
    return this.#signed;
  }

  /** A version that no head of this board will have; for heads that are to be refused. */
  spareVersion(): number {
    this.#version = Math.max(this.#version + 1, this.now());
    return this.#version;
  }

  /** Publishes the plan with these changes; returns its version. */
  change({ add = [], drop = [], strange, headLetters = 0 }: Change): number {
    for (const play of drop) this.#plays.delete(play);
    for (const play of add) this.#plays.set(play.play, play);
    const byDay = new Map<string, PlannedPlay[]>();
    for (const play of this.#plays.values()) {
      const day = dayOf(play.startMs);
      byDay.set(day, [...(byDay.get(day) ?? []), play]);
    }
    const parts: PlanHead['parts'] = [...byDay]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, plays]) => {
        const part: DayPart & { comment: string } = { v: 1, day, comment: 'unknown fields are ignored', plays };
        return { day, ...this.shelf.store(gzipSync(JSON.stringify(part))) };
      });
    if (strange) parts.push(strange);
    const version = this.spareVersion();
    this.#head = {
      v: 1,
      device: this.device,
      version,
      publishedAt: this.now(),
      ...this.place,
      languages: ['vi'],
      from: dayOf(this.beganMs),
      until: dayOf(this.beganMs + 6 * DAY_MS),
      sinceMs: this.beganMs,
      fromMs: this.beganMs - ((this.beganMs + OFFSET_MS) % DAY_MS),
      untilMs: this.beganMs - ((this.beganMs + OFFSET_MS) % DAY_MS) + 7 * DAY_MS,
      parts,
    };
    for (const play of this.#plays.values()) {
      const told = this.told.get(play.play) ?? { play, versions: new Set<number>() };
      told.versions.add(version);
      this.told.set(play.play, told);
    }
    const { head } = this;
    const signed = (comment: string) => this.keys.sign('vang-plan', { ...head, comment });
    const comment = 'unknown fields are ignored';
    this.#signed = signed(comment);
    this.#signed = signed(comment + filling(headLetters - this.#signed.length));
    this.publish(topics.down(this.device, 'plan'), this.#signed, true);
    return version;
  }

  /** A play that a command told, so that its receipt can be held against it. */
  summon(play: PlannedPlay): void {
    this.told.set(play.play, { play, versions: new Set() });
  }
}
