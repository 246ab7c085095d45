export interface Holder {
  readonly accountId: string;
  /** Path of the area for which they hold the right. */
  readonly scopePath: string;
}

/**
 * Who is told of a matter that people with a right can settle: those whose right is nearest to the area. A commune's
 * matter goes to the commune; only where nobody is left there (`except` counted out) to the district, the province, and
 * at last to the whole installation. In the order given, each once.
 */
export function nearestHolders(holders: readonly Holder[], except: readonly string[] = []): string[] {
  const left = holders.filter(({ accountId }) => !except.includes(accountId));
  const nearest = Math.max(...left.map(({ scopePath }) => scopePath.length));
  return [...new Set(left.filter(({ scopePath }) => scopePath.length === nearest).map(({ accountId }) => accountId))];
}
