import { fromUtf8 } from '../../devices/protocol/index.js';
import { FILES, type ServedHamlet } from '../pack/contents.js';
import { type CellCode, type CoverageColumn, type CoverageLine, readCoverage } from '../pack/coverage.js';
import type { OpenedPack } from './archive.js';
import { cellState, clusterState, creditOf, type Part, type Proven, partsOf, playsOf, provenWithin } from './cells.js';
import { groundKey, type StatedGround } from './hamlets.js';
import { type Tallies, tallyKey } from './receipts.js';
import type { Texts } from './texts.js';
import type { Report } from './verdict.js';

interface Scene {
  readonly pack: OpenedPack;
  readonly tallies: Tallies;
  readonly texts: Texts;
  readonly ground: StatedGround;
  /** Khai báo, by `groundKey`. */
  readonly declared: ReadonlyMap<string, number>;
  readonly report: Report;
}

interface Cell {
  readonly item: string;
  readonly commune: string;
  readonly state: CellCode;
}

/** The table against the receipts under the line's rule, and the result against the table. It shares no reckoning with what made them. */
export function checkCoverage(scene: Scene): void {
  const { pack, texts, report, ground } = scene;
  report.begin('coverage');
  const lines = linesOf(pack);
  if (!lines) return report.find('coverage', 'fileUnreadable', { file: FILES.coverage });
  const byCell = new Map<string, CoverageLine[]>();
  for (const line of lines) {
    const key = groundKey(line.ma_ban_tin, line.ma_ap);
    const known = byCell.get(key);
    if (known) known.push(line);
    else byCell.set(key, [line]);
  }
  const items = new Set([...lines.map((line) => line.ma_ban_tin), ...[...texts.values()].map(({ item }) => item)]);
  const cells: Cell[] = [];
  for (const hamlet of ground.hamlets) {
    const parts = partsOf(hamlet.clusters, pack.manifest.period);
    for (const item of items) {
      const key = groundKey(item, hamlet.id);
      cells.push(cellOf({ item, hamlet, parts, lines: byCell.get(key) ?? [] }, scene));
      byCell.delete(key);
    }
  }
  for (const [line] of byCell.values()) if (line) report.find('coverage', 'lineForeign', placeOf(line));
  checkCounted(scene);
  checkLanguages(scene);
  report.looked('coverage', cells.length);
  checkResult(scene, cells, items.size);
}

function linesOf(pack: OpenedPack): CoverageLine[] | null {
  try {
    return readCoverage(fromUtf8(pack.bytes(FILES.coverage)));
  } catch {
    return null;
  }
}

interface CellQuestion {
  readonly item: string;
  readonly hamlet: ServedHamlet;
  readonly parts: readonly Part[];
  readonly lines: readonly CoverageLine[];
}

/** One cell, reckoned from receipts and from what the table states of plays without any; what the table says otherwise is named. */
function cellOf(
  { item, hamlet, parts, lines }: CellQuestion,
  { pack, tallies, ground, declared, report }: Scene,
): Cell {
  const { rule } = pack.manifest;
  const reach = new Map(hamlet.clusters.map((link) => [link.id, link.reach]));
  const proven = (cluster: string, some: readonly Part[]) => provenWithin(tallies.get(tallyKey(item, cluster)), some);
  const credit = (cluster: string, sum: Proven) => creditOf(sum, rule, reach.get(cluster) ?? 'horn');
  const states: CellCode[] = [];
  for (const cluster of new Set(parts.flatMap((part) => part.clusters))) {
    const line = lines.find((each) => each.ma_cum_loa === cluster);
    const own = parts.filter((part) => part.clusters.includes(cluster));
    const sum = proven(cluster, own);
    if (!line) {
      report.find('coverage', 'lineMissing', { item: lines[0]?.ban_tin ?? item, place: nameOf(hamlet) });
      continue;
    }
    const toTransmitter = reach.get(cluster) === 'transmitter';
    const shown = toTransmitter ? { whole: 0, sensed: 0, partial: sum.whole + sum.partial } : sum;
    countsAgree(line, shown, report);
    const stated = { notPlayed: numberOf(line.so_lan_khong_phat), unknown: numberOf(line.so_lan_chua_ro) };
    const state = clusterState(sum, credit(cluster, sum), stated, rule.plays);
    states.push(state);
    if (line.cum_loa_ket_qua !== state) {
      const about = placeOf(line);
      report.find('coverage', 'coverageWrong', { ...about, said: line.cum_loa_ket_qua, found: state });
    }
  }
  const heard = rule.leastGrade === 'heard' ? (ground.heard.get(groundKey(item, hamlet.id)) ?? 0) : 0;
  const plays = playsOf(parts, (cluster, part) => credit(cluster, proven(cluster, [part])), heard, rule);
  const state = cellState(states, plays, rule);
  if (lines.length === 0 && states.length === 0)
    report.find('coverage', 'lineMissing', { item, place: nameOf(hamlet) });
  const times = declared.get(groundKey(item, hamlet.id)) ?? 0;
  const wrong = new Set<string>();
  for (const line of lines) {
    const about = { item: line.ban_tin, place: `${line.xa}, ${line.ap}` };
    if (line.ma_cum_loa !== '' && !reach.has(line.ma_cum_loa)) report.find('coverage', 'lineForeign', placeOf(line));
    // Said once of a cell, however many clusters it has.
    if (wrong.size > 0) continue;
    if (line.o_ket_qua !== state) {
      report.find('coverage', 'coverageWrong', { ...about, said: line.o_ket_qua, found: state });
      wrong.add('state');
    }
    for (const [column, found] of [
      ['so_lan_nghe_ro', heard],
      ['khai_bao', times],
    ] as const)
      if (line[column] !== String(found)) {
        report.find('coverage', 'countWrong', { ...about, what: column, said: line[column], found });
        wrong.add(column);
      }
  }
  return { item, commune: hamlet.commune.id, state };
}

function countsAgree(line: CoverageLine, shown: Proven, report: Report): void {
  const columns: readonly (readonly [CoverageColumn, number])[] = [
    ['so_lan_phat_du', shown.whole],
    ['so_lan_co_tin_hieu', shown.sensed],
    ['so_lan_phat_chua_du', shown.partial],
  ];
  for (const [what, found] of columns)
    if (line[what] !== String(found))
      report.find('coverage', 'countWrong', { ...placeOf(line), what, said: line[what], found });
}

/** Whatever is no number of plays counts as none. */
const numberOf = (said: string): number => (/^\d{1,9}$/.test(said) ? Number(said) : 0);
const nameOf = ({ name, commune }: ServedHamlet): string => `${commune.name}, ${name}`;
const placeOf = (line: CoverageLine) => ({
  item: line.ban_tin,
  place: [line.xa, line.ap, line.cum_loa].filter((name) => name !== '').join(', '),
});

/** Receipts of a cluster, or of a day, at which it served no hamlet of the pack have no cell to count in. */
function checkCounted({ pack, tallies, ground, report }: Scene): void {
  const parts = new Map<string, Part[]>();
  for (const { clusters } of ground.hamlets)
    for (const part of partsOf(clusters, pack.manifest.period))
      for (const cluster of part.clusters) parts.set(cluster, [...(parts.get(cluster) ?? []), part]);
  for (const [key, days] of tallies) {
    const [item = '', cluster = ''] = key.split(' ');
    const within = parts.get(cluster) ?? [];
    for (const day of days.keys())
      if (!within.some(({ from, until }) => day >= from && day < until))
        report.find('coverage', 'playUncounted', { item, place: cluster, day });
  }
}

function checkLanguages({ pack, texts, report }: Scene): void {
  const { languages } = pack.manifest.rule;
  for (const { title, language } of texts.values())
    if (languages && !languages.includes(language))
      report.find('coverage', 'languageOther', { item: title, found: language });
}

/** By the line's own criterion alone. Case 22: 1,899 of 1,900 is not done. */
function checkResult(
  { pack: { manifest }, ground, texts, report }: Scene,
  cells: readonly Cell[],
  items: number,
): void {
  const { criterion, target } = manifest.line;
  const complete = cells.filter(({ state }) => state === 'complete');
  const hamlets = ground.hamlets.length;
  const communes = new Set(ground.hamlets.map(({ commune }) => commune.id)).size;
  let required = target;
  let reached = new Set([...texts.values()].filter(({ current }) => current).map(({ item }) => item)).size;
  if (criterion === 'playedEveryHamlet') {
    required = Math.max(target, items) * hamlets;
    reached = complete.length;
  }
  if (criterion === 'playedEveryCommune') {
    required = Math.max(target, items) * communes;
    reached = new Set(complete.map(({ item, commune }) => `${item} ${commune}`)).size;
  }
  const done = required > 0 && reached >= required;
  const { result, counts } = manifest;
  const whole = counts.items === items && counts.hamlets === hamlets && counts.communes === communes;
  const same = result.required === required && result.reached === reached && result.done === done;
  if (!whole || !same)
    report.find('coverage', 'resultWrong', {
      said: `${result.reached}/${result.required}`,
      found: `${reached}/${required}`,
    });
}
