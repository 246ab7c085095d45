import { COVERAGE_COLUMNS, type CoverageLine } from '../../../proof/pack/coverage.js';
import { causeOf, causeWords, STATE_WORDS } from './causes.js';

type State = keyof typeof STATE_WORDS;
type Play = Parameters<typeof causeOf>[0] & { readonly withdrawn: boolean };
type LeastGrade = 'completed' | 'sensed' | 'heard';

/** A cell with its clusters, as the tables and the report show it. */
export interface ShownCell {
  readonly item: { readonly id: string; readonly title: string };
  readonly hamlet: {
    readonly id: string;
    readonly name: string;
    readonly communeId: string;
    readonly communeName: string;
  };
  readonly state: State;
  readonly clusters: readonly {
    readonly cluster: { readonly id: string; readonly code: string; readonly name: string; readonly reach: string };
    readonly state: State;
    readonly counts: {
      readonly unknown: number;
      readonly notPlayed: number;
      readonly partial: number;
      readonly completed: number;
      /** Not counted in `completed` too. */
      readonly sensed: number;
    };
    readonly plays: readonly Play[];
  }[];
  readonly heard: number;
  readonly declared: number;
}

/** Lines of `coverage.csv` of one cell. */
export function coverageLines(
  { item, hamlet, state, clusters, heard, declared }: ShownCell,
  leastGrade: LeastGrade,
): CoverageLine[] {
  const complete = clusters.filter((part) => part.state === 'complete').length;
  const common = {
    ma_ban_tin: item.id,
    ban_tin: item.title,
    ma_xa: hamlet.communeId,
    xa: hamlet.communeName,
    ma_ap: hamlet.id,
    ap: hamlet.name,
    so_lan_nghe_ro: String(heard),
    khai_bao: String(declared),
    o_ket_qua: state,
    o_dien_giai: `${STATE_WORDS[state]}, ${complete}/${clusters.length} cụm${declared > 0 ? `; khai báo ${declared} lần` : ''}`,
  };
  if (clusters.length === 0) return [{ ...common, ...NO_CLUSTER, nguyen_nhan: causeWords('noCluster') }];
  return clusters.map(({ cluster, state: part, counts, plays }) => {
    // What reached a transmitter, nobody is known to have heard: a part at most.
    const isTransmitter = cluster.reach === 'transmitter';
    const whole = counts.completed + counts.sensed;
    return {
      ...common,
      ma_cum_loa: cluster.id,
      so_hieu_cum_loa: cluster.code,
      cum_loa: cluster.name,
      may_phat: isTransmitter ? 'x' : '',
      cum_loa_ket_qua: part,
      so_lan_phat_du: String(isTransmitter ? 0 : whole),
      so_lan_co_tin_hieu: String(isTransmitter ? 0 : counts.sensed),
      so_lan_phat_chua_du: String(counts.partial + (isTransmitter ? whole : 0)),
      so_lan_khong_phat: String(counts.notPlayed),
      so_lan_chua_ro: String(counts.unknown),
      nguyen_nhan: causesOf({ state: part, plays, reach: cluster.reach }, leastGrade).map(causeWords).join('; '),
    };
  });
}

const NO_CLUSTER = {
  ...{ ma_cum_loa: '', so_hieu_cum_loa: '', cum_loa: '', may_phat: '', cum_loa_ket_qua: '', so_lan_phat_du: '0' },
  ...{ so_lan_co_tin_hieu: '0', so_lan_phat_chua_du: '0', so_lan_khong_phat: '0', so_lan_chua_ro: '0' },
};

export const coverageCells = (line: CoverageLine): string[] => COVERAGE_COLUMNS.map((name) => line[name]);

interface Part {
  readonly state: State;
  readonly plays: readonly Play[];
  readonly reach: string;
}

function causesOf({ state, plays, reach }: Part, leastGrade: LeastGrade): string[] {
  if (state === 'complete') return [];
  if (state === 'notPlanned') return ['notPlanned'];
  const missed = plays.filter((play) => !isTakenOut(play));
  return [...new Set(missed.flatMap((play) => causeOf(play, reach, leastGrade === 'sensed') ?? []))];
}

/** Taken out of the plan before it sounded: nobody misses it. */
const isTakenOut = ({ withdrawn, outcome }: Play): boolean =>
  withdrawn && (outcome === null || outcome === 'notPlayed');

export interface RankedCause {
  readonly code: string;
  readonly words: string;
  /** Cells that are open for it. */
  readonly cells: number;
  readonly plays: number;
}

/** What keeps cells open, the most frequent first. */
export function rankedCauses(cells: readonly ShownCell[], leastGrade: LeastGrade): RankedCause[] {
  const found = new Map<string, { cells: number; plays: number }>();
  for (const cell of cells)
    for (const [code, plays] of openFor(cell, leastGrade)) {
      const known = found.get(code) ?? { cells: 0, plays: 0 };
      found.set(code, { cells: known.cells + 1, plays: known.plays + plays });
    }
  return [...found]
    .map(([code, counts]) => ({ code, words: causeWords(code), ...counts }))
    .sort((a, b) => b.cells - a.cells || b.plays - a.plays || (a.code < b.code ? -1 : 1));
}

/** Causes of one cell with the plays that each concerns. */
function openFor({ state, clusters }: ShownCell, leastGrade: LeastGrade): ReadonlyMap<string, number> {
  const causes = new Map<string, number>();
  if (state === 'complete') return causes;
  if (clusters.length === 0) causes.set('noCluster', 0);
  const open = clusters.filter((part) => part.state !== 'complete');
  // Every cluster played what is asked, and the cell is open all the same.
  if (clusters.length > 0 && open.length === 0 && leastGrade === 'heard') causes.set('notHeard', 0);
  for (const { state: part, plays, cluster } of open) {
    if (part === 'notPlanned') causes.set('notPlanned', causes.get('notPlanned') ?? 0);
    for (const play of plays.filter((each) => !isTakenOut(each))) {
      const code = causeOf(play, cluster.reach, leastGrade === 'sensed');
      if (code !== null) causes.set(code, (causes.get(code) ?? 0) + 1);
    }
  }
  return causes;
}
