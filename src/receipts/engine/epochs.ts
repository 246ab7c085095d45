/** Local days, both counted. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Null: it still serves. */
interface ServingFor {
  readonly clusterId: string;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/**
 * A period in parts in which the same clusters serve one hamlet: what a cluster played counts for those who heard it then (case 17),
 * whomever it serves today. Parts in which nothing serves it are left out.
 * @param links of one hamlet
 */
export function epochsOf(
  links: readonly ServingFor[],
  { from, to }: Period,
): { readonly period: Period; readonly clusterIds: readonly string[] }[] {
  const begins = new Set([from]);
  for (const { validFrom, validTo } of links) {
    if (validFrom > from && validFrom <= to) begins.add(validFrom);
    if (validTo !== null && validTo >= from && validTo < to) begins.add(dayAfter(validTo));
  }
  const days = [...begins].sort();
  return days.flatMap((day, index) => {
    const next = days[index + 1];
    const period = { from: day, to: next === undefined ? to : dayBefore(next) };
    const serving = links.filter(
      ({ validFrom, validTo }) => validFrom <= period.from && (validTo === null || validTo >= period.to),
    );
    return serving.length === 0 ? [] : [{ period, clusterIds: serving.map(({ clusterId }) => clusterId) }];
  });
}

const shifted = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
export const dayAfter = (day: string): string => shifted(day, 1);
const dayBefore = (day: string): string => shifted(day, -1);
