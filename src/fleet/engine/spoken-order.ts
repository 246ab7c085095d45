/**
 * Languages of a place that several hamlets hear, from the profiles of those hamlets (each without repetitions): by the best
 * rank that a language has in one of them, then by how many hamlets name it, then by code.
 */
export function spokenOrder(profiles: readonly (readonly string[])[]): string[] {
  const places = new Map<string, { rank: number; hamlets: number }>();
  for (const profile of profiles)
    profile.forEach((language, rank) => {
      const place = places.get(language);
      places.set(language, { rank: Math.min(rank, place?.rank ?? rank), hamlets: (place?.hamlets ?? 0) + 1 });
    });
  return [...places]
    .sort(([a, one], [b, other]) => one.rank - other.rank || other.hamlets - one.hamlets || (a < b ? -1 : 1))
    .map(([language]) => language);
}
