import type { Area } from '../../areas/index.js';
import { inWords, type Proposal, type ProposedSchedule } from '../engine/index.js';
import { MOST_IN_BATCH, type ProposalsView, type ProposalView } from './planning.api.js';

type Row = ProposalsView['unplaced'][number];

interface Known {
  readonly zone: string;
  /** By item. */
  readonly titles: ReadonlyMap<string, string>;
  /** By id. */
  readonly hamletNames: ReadonlyMap<string, string>;
  /** By path. */
  readonly areaOf: ReadonlyMap<string, Pick<Area, 'id' | 'name'>>;
}

/** A proposed schedule as requests that the schedule takes, in words, and counted. */
export function viewOfProposals(
  { proposals, unplaced }: ProposedSchedule,
  asked: { readonly cells: number; readonly wanted: number },
  known: Known,
): ProposalsView {
  const views = proposals.map((proposal) => viewOf(proposal, known));
  const batches: ProposalView[][] = [];
  for (let from = 0; from < views.length; from += MOST_IN_BATCH) batches.push(views.slice(from, from + MOST_IN_BATCH));
  const byDay = new Map<string, { day: string; entries: number; plays: number }>();
  for (const { day, hamletIds } of proposals) {
    const count = byDay.get(day) ?? { day, entries: 0, plays: 0 };
    byDay.set(day, { day, entries: count.entries + 1, plays: count.plays + hamletIds.length });
  }
  const placed = proposals.reduce((sum, { hamletIds }) => sum + hamletIds.length, 0);
  return { batches, unplaced: unplacedOf(unplaced, known), summary: { ...asked, placed, byDay: [...byDay.values()] } };
}

function viewOf(proposal: Proposal, { zone, titles, areaOf }: Known): ProposalView {
  const { itemId, areaPath, clusterIds, day, time, startMs, endMs, hamletIds } = proposal;
  const area = areaOf.get(areaPath);
  if (!area) throw new RangeError('a proposal outside of the area that was asked about');
  const title = titles.get(itemId) ?? '';
  const clusters = clusterIds?.length;
  return {
    entry: {
      areaId: area.id,
      itemId,
      recurrence: { kind: 'once', date: day, time },
      clusterIds: clusterIds && [...clusterIds],
    },
    title,
    startMs,
    endMs,
    serves: [...hamletIds],
    words: {
      vi: `${inWords(startMs, endMs, zone)}: “${title}”, ${area.name}, ${clusters === undefined ? 'mọi cụm loa' : `${clusters} cụm loa`}, ${hamletIds.length} thôn.`,
      en: `${day} ${time}: “${title}”, ${area.name}, ${clusters === undefined ? 'every cluster' : `${clusters} cluster(s)`}, ${hamletIds.length} hamlet(s).`,
    },
  };
}

/** One for a script and a reason: a province has thousands of cells, and one sentence for them. */
function unplacedOf(cells: ProposedSchedule['unplaced'], { titles, hamletNames }: Known): ProposalsView['unplaced'] {
  const rows = new Map<string, Row>();
  for (const { itemId, hamletId, missing, reason, words } of cells) {
    const key = `${itemId} ${reason}`;
    const row: Row = rows.get(key) ?? { itemId, title: titles.get(itemId) ?? '', reason, words, hamlets: [] };
    rows.set(key, row);
    row.hamlets.push({ id: hamletId, name: hamletNames.get(hamletId) ?? '', missing });
  }
  return [...rows.values()];
}
