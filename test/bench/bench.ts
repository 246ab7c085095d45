export interface BenchOptions {
  /** Within some seconds, for the test command. */
  readonly short: boolean;
  /** What random numbers are made of, where a bench has a choice; absent: its own. */
  readonly seed?: string;
  /** On PostgreSQL, where a bench has a choice. */
  readonly postgres?: boolean;
  /** Another size, where a bench has a choice. */
  readonly receipts?: number;
}

/** A measurement with a verdict; `npm run bench` prints what it returns. */
export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<Record<string, number | boolean | string>>;
}
