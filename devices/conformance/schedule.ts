import type { Clause } from './clause.js';

/** Runs clauses in their order, beside each other where they do not touch, and those that need everything at the end. */
export class Schedule {
  readonly #waiting: Clause[];
  readonly #running = new Set<Clause>();

  constructor(
    clauses: readonly Clause[],
    private readonly atATime = 6,
  ) {
    this.#waiting = [...clauses.filter(({ alone }) => !alone), ...clauses.filter(({ alone }) => alone)];
  }

  /** @param judge never rejects */
  run(judge: (clause: Clause) => Promise<unknown>): Promise<void> {
    return new Promise((done) => {
      const next = () => {
        for (let clause = this.#free(); clause; clause = this.#free()) this.#begin(clause, judge, next);
        if (this.#running.size === 0) done();
      };
      next();
    });
  }

  #begin(clause: Clause, judge: (clause: Clause) => Promise<unknown>, next: () => void): void {
    this.#waiting.splice(this.#waiting.indexOf(clause), 1);
    this.#running.add(clause);
    void judge(clause).finally(() => {
      this.#running.delete(clause);
      next();
    });
  }

  #free(): Clause | undefined {
    if (this.#running.size >= this.atATime) return undefined;
    if ([...this.#running].some(({ alone }) => alone)) return undefined;
    return this.#waiting.find((clause) => (clause.alone ? this.#running.size === 0 : this.#fits(clause)));
  }

  #fits({ needs = [] }: Clause): boolean {
    return [...this.#running].every((other) => !other.needs?.some((ground) => needs.includes(ground)));
  }
}
