/** A measurement with a verdict; `npm run bench` prints what it returns. */
export interface Bench {
  readonly name: string;
  /** `short` keeps it within some seconds, for the test command. */
  run(options: { readonly short: boolean }): Promise<Record<string, number | boolean | string>>;
}
