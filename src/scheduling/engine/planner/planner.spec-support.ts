import { addDays } from '../time/index.js';
import type { CampaignCluster, CampaignHamlet, CampaignScript, ExistingPlay, PlanningGround } from './index.js';

/** A wall-clock time in Viet Nam (UTC+7) as epoch milliseconds. */
export const at = (text: string): number => Date.parse(`${text}+07:00`);
export const MINUTE_MS = 60_000;

export const aScript = (itemId: string, changes: Partial<CampaignScript> = {}): CampaignScript => ({
  itemId,
  title: `Bài ${itemId}`,
  durationMs: 5 * MINUTE_MS,
  validFrom: null,
  validTo: null,
  ...changes,
});

/** A hamlet of a commune; its clusters have names of their own. */
export const aHamlet = (
  id: string,
  clusterIds: readonly string[] = [`cluster-${id}`],
  commune = 'an-khuong',
): CampaignHamlet => ({
  id,
  name: `Ấp ${id}`,
  areaPath: `/p/${commune}/${id}/`,
  communePath: `/p/${commune}/`,
  clusterIds,
});

/** The clusters that hamlets name, each in the first hamlet that names it. */
export function clustersOf(hamlets: readonly CampaignHamlet[]): CampaignCluster[] {
  const places = new Map<string, string>();
  for (const { areaPath, clusterIds } of hamlets)
    for (const id of clusterIds) if (!places.has(id)) places.set(id, areaPath);
  return [...places].map(([id, areaPath]) => ({ id, areaPath }));
}

/** Hours that rules leave on any day: 05:00–06:00 and 17:00–18:30. */
export const sessions = (day: string): { fromMs: number; untilMs: number }[] => [
  { fromMs: at(`${day}T05:00`), untilMs: at(`${day}T06:00`) },
  { fromMs: at(`${day}T17:00`), untilMs: at(`${day}T18:30`) },
];

export function aGround(changes: Partial<PlanningGround> = {}): PlanningGround {
  const hamlets = changes.hamlets ?? [aHamlet('a1'), aHamlet('a2')];
  return {
    scripts: [aScript('s1')],
    hamlets,
    clusters: clustersOf(hamlets),
    firstDay: '2026-10-26',
    lastDay: '2026-12-31',
    notBeforeMs: null,
    cut: null,
    preferences: [{ from: '05:00', until: '11:00' }],
    oncePerDay: true,
    gapMs: 0,
    mostPerDay: { plays: null, durationMs: null },
    allowed: (_area, day) => sessions(day),
    busy: () => [],
    dayStartMs: (day) => at(`${day}T00:00`),
    ...changes,
  };
}

/** The same existing play on each day of a period. */
export function daily(firstDay: string, lastDay: string, from: string, until: string, itemId: string | null = null) {
  const plays: ExistingPlay[] = [];
  for (let day = firstDay; day <= lastDay; day = addDays(day, 1))
    plays.push({ fromMs: at(`${day}T${from}`), untilMs: at(`${day}T${until}`), itemId });
  return plays;
}
