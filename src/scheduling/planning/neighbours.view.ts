import type { Cluster } from '../../fleet/index.js';
import { entryIdOf, localTimeOf, type NeighbourAnswer, type NeighbourWarning } from '../engine/index.js';
import type { NeighboursView } from './neighbours.api.js';

/** A cluster of another area, as far as it may be named (invariant 9). */
export interface Beside {
  readonly commune: string;
}

const MOST_TOLD = 1_000;

/** `<entry>-<start>-p<part>` */
const entryOfPlay = (play: string): string => entryIdOf(play.slice(0, play.lastIndexOf('-')));

type Warning = NeighboursView['warnings'][number];

/** The answer as the office of an area may read it. */
export function viewOfNeighbours(
  { warnings, staggers, withoutPlace, leftOut }: NeighbourAnswer,
  own: readonly Pick<Cluster, 'id' | 'name'>[],
  elsewhere: ReadonlyMap<string, Beside>,
  zone: string,
): NeighboursView {
  const nameOf = new Map(own.map(({ id, name }) => [id, name]));
  const told = new Map<string, Warning>();
  for (const warning of warnings) {
    const ids = warning.clusters.filter((id) => nameOf.has(id));
    const other = warning.clusters.find((id) => !nameOf.has(id));
    if (ids.length === 0) continue;
    const clusters = ids.map((id) => ({ id, name: nameOf.get(id) ?? '' }));
    const beside = other === undefined ? null : (elsewhere.get(other) ?? null);
    // Of one pair there may be several: that these are several would tell what is played there.
    const key = beside ? `${ids[0]} ${other}` : `${warning.clusters.join(' ')} ${warning.code} ${warning.foreign}`;
    told.set(key, beside ? besideView(warning, clusters, beside, told.get(key)) : ownView(warning, clusters));
  }
  const all = [...told.values()];
  return {
    warnings: all.slice(0, MOST_TOLD),
    staggers: staggers.map(({ clusters, fromMs, toMs }) => {
      const names = clusters.map(({ clusterId }) => nameOf.get(clusterId) ?? '').join(', ');
      const [before, after] = [localTimeOf(fromMs, zone), localTimeOf(toMs, zone)];
      return {
        clusters: clusters.map(({ clusterId, play }) => ({ clusterId, play, entryId: entryOfPlay(play) })),
        fromMs,
        toMs,
        words: {
          vi: `${names}: lùi từ ${before} sang ${after} để không chồng tiếng với loa gần đó.`,
          en: `${names}: move from ${before} to ${after}, so that it does not sound together with loudspeakers nearby.`,
        },
      };
    }),
    withoutPlace: withoutPlace.filter((id) => nameOf.has(id)),
    leftOut: { ...leftOut, warnings: leftOut.warnings + Math.max(0, all.length - MOST_TOLD) },
  };
}

function ownView(warning: NeighbourWarning, clusters: Warning['clusters']): Warning {
  const { code, foreign, distanceM, delayMs, fromMs, untilMs, times, solution, words } = warning;
  return { code, clusters, foreign, commune: null, distanceM, delayMs, fromMs, untilMs, times, solution, words };
}

function besideView(
  { distanceM, delayMs, fromMs, untilMs, times, solution }: NeighbourWarning,
  clusters: Warning['clusters'],
  { commune }: Beside,
  known: Warning | undefined,
): Warning {
  // To start together needs both offices.
  const own = solution === 'startTogether' ? 'warn' : solution;
  const name = clusters[0]?.name ?? '';
  const metres = Math.round(distanceM);
  return {
    code: 'elsewhere',
    clusters,
    foreign: null,
    commune,
    distanceM,
    delayMs,
    // Warnings come by their first time.
    fromMs: known?.fromMs ?? fromMs,
    untilMs: known?.untilMs ?? untilMs,
    times: (known?.times ?? 0) + times,
    solution: known === undefined || known.solution === own ? own : 'staggerInPart',
    words: {
      vi: `${name} phát cùng lúc với một cụm loa của ${commune}, cách ${metres} m: phát lệch giờ, hoặc thống nhất giờ với nơi đó.`,
      en: `${name} plays at the same time as a cluster of ${commune}, ${metres} m away: stagger it, or agree hours with that commune.`,
    },
  };
}
