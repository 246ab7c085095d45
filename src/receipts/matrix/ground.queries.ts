import type { EntityManager } from 'typeorm';
import type { ClusterService } from '../../fleet/index.js';
import { heardBy } from '../confirmations/confirmation.queries.js';
import { type Counts, type Epoch, heardOf, tallyKey } from '../engine/cells.js';
import { epochsOf, type Period } from '../engine/epochs.js';
import { TALLY_KINDS } from '../engine/tally.js';
import { talliesWithin } from '../tallies/tally.queries.js';

export interface ServedEpoch extends Epoch {
  readonly period: Period;
}

/** Who served some hamlets when, and what was played there meanwhile. */
export interface Ground {
  /** By hamlet; one that nothing serves has none. */
  readonly epochs: ReadonlyMap<string, readonly ServedEpoch[]>;
  /** Items that were planned or heard at any of the clusters. */
  readonly onAir: ReadonlySet<string>;
  readonly transmitters: ReadonlySet<string>;
}

export async function groundOf(
  reader: EntityManager,
  clusters: ClusterService,
  itemIds: readonly string[],
  hamlets: readonly { readonly id: string }[],
  period: Period,
): Promise<Ground> {
  const concerned = new Set(hamlets.map(({ id }) => id));
  const links = heardOf(await clusters.hamletLinks(reader)).filter(({ hamletId }) => concerned.has(hamletId));
  const linksOf = new Map<string, typeof links>();
  for (const link of links) linksOf.set(link.hamletId, [...(linksOf.get(link.hamletId) ?? []), link]);
  const served = new Map([...linksOf].map(([hamletId, own]) => [hamletId, epochsOf(own, period)]));
  const clustersIn = new Map<string, { readonly period: Period; readonly clusterIds: Set<string> }>();
  for (const { period: part, clusterIds } of [...served.values()].flat()) {
    const known = clustersIn.get(nameOf(part)) ?? { period: part, clusterIds: new Set() };
    for (const clusterId of clusterIds) known.clusterIds.add(clusterId);
    clustersIn.set(nameOf(part), known);
  }
  const talliesIn = new Map<string, ReadonlyMap<string, Counts>>();
  const onAir = new Set<string>();
  for (const [name, { period: part, clusterIds }] of clustersIn) {
    const tallies = await talliesWithin(reader, itemIds, [...clusterIds], part);
    for (const { itemId, ...counts } of tallies) if (TALLY_KINDS.some((kind) => counts[kind] > 0)) onAir.add(itemId);
    talliesIn.set(name, new Map(tallies.map((tally) => [tallyKey(tally.itemId, tally.clusterId), tally])));
  }
  const epochs = new Map(
    [...served].map(([hamletId, parts]) => [
      hamletId,
      parts.map((part) => ({ ...part, tallies: talliesIn.get(nameOf(part.period)) ?? new Map<string, Counts>() })),
    ]),
  );
  const transmitters = new Set(links.filter(({ reach }) => reach === 'transmitter').map(({ clusterId }) => clusterId));
  return { epochs, onAir, transmitters };
}

const nameOf = ({ from, to }: Period): string => `${from}/${to}`;

/** Clusters that served a hamlet within the period, each once. */
export const clustersOf = ({ epochs }: Ground, hamletId: string): readonly string[] => [
  ...new Set((epochs.get(hamletId) ?? []).flatMap(({ clusterIds }) => clusterIds)),
];

/**
 * Sessions with an item that the head of a hamlet heard clearly, by `tallyKey(item, hamlet)`. A telephoned answer counts as his own does; one
 * of both is enough.
 */
export async function heardClearly(
  reader: EntityManager,
  hamlets: readonly { readonly id: string }[],
  { from, to }: Period,
): Promise<ReadonlyMap<string, number>> {
  const hamletIds = hamlets.map(({ id }) => id);
  const sessions = new Map<string, Set<string>>();
  for (const { hamletId, itemId, sessionId, answer } of await heardBy(reader, {
    hamletIds,
    fromDay: from,
    toDay: to,
  })) {
    if (answer !== 'clear') continue;
    const key = tallyKey(itemId, hamletId);
    sessions.set(key, (sessions.get(key) ?? new Set()).add(sessionId));
  }
  return new Map([...sessions].map(([key, found]) => [key, found.size]));
}
