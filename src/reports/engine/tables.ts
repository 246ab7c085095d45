import { COVERAGE_COLUMNS, type CoverageLine } from '../../../proof/pack/coverage.js';
import { causeOf, causeWords, STATE_WORDS } from './causes.js';

type State = keyof typeof STATE_WORDS;
interface Fact {
  readonly outcome: string | null;
  readonly withdrawn: boolean;
}
type Play = Parameters<typeof causeOf>[0] & { readonly withdrawn: boolean };

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
    readonly plays: readonly Play[];
    /** What they prove. */
    readonly facts: readonly Fact[];
  }[];
}

/** Lines of `coverage.csv` of one cell. */
export function coverageLines({ item, hamlet, state, clusters }: ShownCell): CoverageLine[] {
  const complete = clusters.filter((part) => part.state === 'complete').length;
  const common = {
    ma_ban_tin: item.id,
    ban_tin: item.title,
    ma_xa: hamlet.communeId,
    xa: hamlet.communeName,
    ma_ap: hamlet.id,
    ap: hamlet.name,
    o_ket_qua: state,
    o_dien_giai: `${STATE_WORDS[state]}, ${complete}/${clusters.length} cụm`,
  };
  const none = { ma_cum_loa: '', so_hieu_cum_loa: '', cum_loa: '', may_phat: '', cum_loa_ket_qua: '' };
  const zero = { so_lan_phat_du: '0', so_lan_phat_chua_du: '0', so_lan_khong_phat: '0', so_lan_chua_ro: '0' };
  if (clusters.length === 0) return [{ ...common, ...none, ...zero, nguyen_nhan: causeWords('noCluster') }];
  return clusters.map(({ cluster, state: part, plays, facts }) => {
    const count = (outcome: string | null) =>
      String(facts.filter((fact) => fact.outcome === outcome && (outcome !== null || !fact.withdrawn)).length);
    return {
      ...common,
      ma_cum_loa: cluster.id,
      so_hieu_cum_loa: cluster.code,
      cum_loa: cluster.name,
      may_phat: cluster.reach === 'transmitter' ? 'x' : '',
      cum_loa_ket_qua: part,
      so_lan_phat_du: count('complete'),
      so_lan_phat_chua_du: count('partial'),
      so_lan_khong_phat: count('notPlayed'),
      so_lan_chua_ro: count(null),
      nguyen_nhan: causesOf(part, plays).map(causeWords).join('; '),
    };
  });
}

export const coverageCells = (line: CoverageLine): string[] => COVERAGE_COLUMNS.map((name) => line[name]);

function causesOf(state: State, plays: readonly Play[]): string[] {
  if (state === 'complete') return [];
  if (state === 'notPlanned') return ['notPlanned'];
  return [...new Set(plays.filter(({ withdrawn }) => !withdrawn).flatMap((play) => causeOf(play) ?? []))];
}

export interface RankedCause {
  readonly code: string;
  readonly words: string;
  /** Cells that are open for it. */
  readonly cells: number;
  readonly plays: number;
}

/** What keeps cells open, the most frequent first. */
export function rankedCauses(cells: readonly ShownCell[]): RankedCause[] {
  const found = new Map<string, { cells: number; plays: number }>();
  const add = (code: string, plays: number) => {
    const known = found.get(code) ?? { cells: 0, plays: 0 };
    found.set(code, { cells: known.cells + 1, plays: known.plays + plays });
  };
  for (const { state, clusters } of cells) {
    if (state === 'complete') continue;
    if (clusters.length === 0) add('noCluster', 0);
    const causes = new Map<string, number>();
    for (const part of clusters) {
      if (part.state === 'complete') continue;
      if (part.state === 'notPlanned') causes.set('notPlanned', causes.get('notPlanned') ?? 0);
      for (const play of part.plays) {
        const code = play.withdrawn ? null : causeOf(play);
        if (code !== null) causes.set(code, (causes.get(code) ?? 0) + 1);
      }
    }
    for (const [code, plays] of causes) add(code, plays);
  }
  return [...found]
    .map(([code, counts]) => ({ code, words: causeWords(code), ...counts }))
    .sort((a, b) => b.cells - a.cells || b.plays - a.plays || (a.code < b.code ? -1 : 1));
}
