export type Profile = 'full' | 'minimum';

/** The controller did not do what the clause says. */
export class Breach extends Error {
  constructor(
    reason: string,
    readonly evidence?: unknown,
  ) {
    super(reason);
  }
}

/** The clause could not be tried, and nothing is said about it. */
export class NotTried extends Error {}

export function demand(holds: boolean, reason: string, evidence?: unknown): asserts holds {
  if (!holds) throw new Breach(reason, evidence);
}

export type Outcome = 'pass' | 'fail' | 'skipped';

export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly proves: string;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly evidence?: unknown;
  readonly tookMs: number;
}
