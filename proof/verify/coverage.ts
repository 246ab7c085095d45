import { fromUtf8 } from '../../devices/protocol/index.js';
import { FILES } from '../pack/contents.js';
import { type CoverageLine, cellOf, readCoverage } from '../pack/coverage.js';
import type { OpenedPack } from './archive.js';
import { type Tally, tallyKey } from './receipts.js';
import type { Texts } from './texts.js';
import type { Report } from './verdict.js';

const NONE: Tally = { complete: 0, partial: 0, notPlayed: 0 };

interface Cell {
  readonly item: string;
  readonly commune: string;
  readonly hamlet: string;
  readonly code: string;
}

/** The table against the receipts, and the result against the table. Written anew: it shares nothing with what made them. */
export function checkCoverage(
  pack: OpenedPack,
  tallies: ReadonlyMap<string, Tally>,
  texts: Texts,
  report: Report,
): void {
  report.begin('coverage');
  const lines = linesOf(pack);
  if (!lines) return report.find('coverage', 'fileUnreadable', { file: FILES.coverage });
  const named = new Set<string>();
  for (const line of lines) {
    if (line.ma_cum_loa === '') continue;
    const key = tallyKey(line.ma_ban_tin, line.ma_cum_loa);
    named.add(key);
    const wrong = wrongOf(line, tallies.get(key) ?? NONE, pack.manifest.rule.plays);
    if (wrong)
      report.find('coverage', 'coverageWrong', {
        item: line.ban_tin,
        place: `${line.xa}, ${line.ap}, ${line.cum_loa}`,
        ...wrong,
      });
  }
  for (const key of tallies.keys())
    if (!named.has(key))
      report.find('coverage', 'coverageWrong', { item: key, place: '–', said: '', found: 'có xác nhận phát' });
  const cells = cellsOf(lines, pack, report);
  report.looked('coverage', cells.length);
  checkResult(pack, cells, texts, report);
}

function linesOf(pack: OpenedPack): CoverageLine[] | null {
  try {
    return readCoverage(fromUtf8(pack.bytes(FILES.coverage)));
  } catch {
    return null;
  }
}

/**
 * What a cluster's line says more or less than the receipts. A play without a receipt is *unknown*, and outranks *partial*; what was
 * withdrawn before it sounded was not planned. Neither has a receipt that tells of it.
 */
function wrongOf(line: CoverageLine, tally: Tally, plays: number): { said: string; found: string } | null {
  const { cum_loa_ket_qua: said, so_lan_phat_du, so_lan_phat_chua_du } = line;
  const counts = `${so_lan_phat_du}/${so_lan_phat_chua_du}`;
  const found = `${tally.complete}/${tally.partial}`;
  if (counts !== found) return { said: counts, found };
  const may =
    tally.complete >= plays
      ? ['complete']
      : tally.complete + tally.partial > 0
        ? ['partial', 'unknown']
        : ['notPlayed', 'unknown', 'notPlanned'];
  return may.includes(said) ? null : { said, found: may[0] ?? '' };
}

function cellsOf(lines: readonly CoverageLine[], pack: OpenedPack, report: Report): Cell[] {
  const byCell = new Map<string, CoverageLine[]>();
  for (const line of lines) {
    const key = `${line.ma_ban_tin} ${line.ma_ap}`;
    const known = byCell.get(key);
    if (known) known.push(line);
    else byCell.set(key, [line]);
  }
  return [...byCell.values()].map((clusters) => {
    const first = clusters[0] as CoverageLine;
    const served = clusters.filter(({ ma_cum_loa }) => ma_cum_loa !== '');
    const code = cellOf(
      served.map(({ cum_loa_ket_qua }) => cum_loa_ket_qua),
      pack.manifest.rule,
    );
    for (const { o_ket_qua } of clusters)
      if (o_ket_qua !== code) {
        const place = `${first.xa}, ${first.ap}`;
        report.find('coverage', 'coverageWrong', { item: first.ban_tin, place, said: o_ket_qua, found: code });
      }
    return { item: first.ma_ban_tin, commune: first.ma_xa, hamlet: first.ma_ap, code };
  });
}

/** By the line's own criterion alone. Case 22: 1,899 of 1,900 is not done. */
function checkResult({ manifest }: OpenedPack, cells: readonly Cell[], texts: Texts, report: Report): void {
  const { criterion, target } = manifest.line;
  const complete = cells.filter(({ code }) => code === 'complete');
  const items = new Set([...cells.map(({ item }) => item), ...[...texts.values()].map(({ item }) => item)]).size;
  const hamlets = manifest.counts.hamlets;
  let required = target;
  let reached = new Set([...texts.values()].filter(({ current }) => current).map(({ item }) => item)).size;
  if (criterion === 'playedEveryHamlet') {
    required = Math.max(target, manifest.counts.items) * hamlets;
    reached = complete.length;
  }
  if (criterion === 'playedEveryCommune') {
    required = Math.max(target, manifest.counts.items) * manifest.counts.communes;
    reached = new Set(complete.map(({ item, commune }) => `${item} ${commune}`)).size;
  }
  const done = required > 0 && reached >= required;
  const { result, counts } = manifest;
  const whole = cells.length === counts.items * hamlets && items === counts.items;
  const same = result.required === required && result.reached === reached && result.done === done;
  if (!whole || !same)
    report.find('coverage', 'resultWrong', {
      said: `${result.reached}/${result.required}`,
      found: `${reached}/${required}`,
    });
}
