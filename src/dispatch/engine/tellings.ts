/** What a device is told of a play, as far as a receipt has to agree with it. */
export interface Telling {
  /** UTC epoch ms. */
  readonly startMs: number;
  readonly itemId: string;
  readonly itemVersion: number;
}

export const saysTheSame = (a: Telling, b: Telling): boolean =>
  a.startMs === b.startMs && a.itemId === b.itemId && a.itemVersion === b.itemVersion;

/**
 * The telling that a receipt states, if the device was ever told so: by a plan no newer than the one that the receipt names. Undefined:
 * the name of a play around something that was not told.
 */
export function tellingOf<Told extends Telling & { readonly planVersion: number }>(
  stated: Telling,
  planVersion: number,
  tellings: readonly Told[],
): Told | undefined {
  return tellings.find((told) => told.planVersion <= planVersion && saysTheSame(told, stated));
}

/**
 * What a new plan changes in what a device was told of the time ahead.
 * @param told play by play, as last told @param planned by play
 * @param fromMs what started before is over, and not withdrawn any more
 * @param nowMs what has begun and is not put ahead again is what it was
 */
export function changesAhead(
  told: readonly (Telling & { readonly play: string; readonly withdrawn: boolean })[],
  planned: ReadonlyMap<string, Telling>,
  fromMs: number,
  nowMs: number,
): Readonly<Record<'added' | 'withdrawn' | 'revived' | 'retold', readonly string[]>> {
  const known = new Set(told.map(({ play }) => play));
  const names = (rows: typeof told) => rows.map(({ play }) => play);
  const isRetold = (before: (typeof told)[number]) => {
    const now = planned.get(before.play);
    return now !== undefined && !saysTheSame(before, now) && Math.max(before.startMs, now.startMs) >= nowMs;
  };
  return {
    added: [...planned].flatMap(([play, { startMs }]) => (known.has(play) || startMs < nowMs ? [] : [play])),
    withdrawn: names(
      told.filter(({ play, withdrawn, startMs }) => !withdrawn && startMs >= fromMs && !planned.has(play)),
    ),
    revived: names(told.filter(({ play, withdrawn }) => withdrawn && planned.has(play))),
    retold: names(told.filter(isRetold)),
  };
}
