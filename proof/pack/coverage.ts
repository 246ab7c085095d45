/**
 * `coverage.csv`: a line for each item, hamlet and cluster that served it in the period; one without cluster for a hamlet that had none. Plays
 * count for a hamlet while the cluster served it. `so_lan_co_tin_hieu` are those of `so_lan_phat_du` in which the line carried a signal;
 * `so_lan_nghe_ro` and `khai_bao` belong to the cell and stand in each of its lines.
 */
export const COVERAGE_COLUMNS = [
  'ma_ban_tin',
  'ban_tin',
  'ma_xa',
  'xa',
  'ma_ap',
  'ap',
  'ma_cum_loa',
  'so_hieu_cum_loa',
  'cum_loa',
  'may_phat',
  'cum_loa_ket_qua',
  'so_lan_phat_du',
  'so_lan_co_tin_hieu',
  'so_lan_phat_chua_du',
  'so_lan_khong_phat',
  'so_lan_chua_ro',
  'nguyen_nhan',
  'so_lan_nghe_ro',
  'khai_bao',
  'o_ket_qua',
  'o_dien_giai',
] as const;
export type CoverageColumn = (typeof COVERAGE_COLUMNS)[number];
export type CoverageLine = Readonly<Record<CoverageColumn, string>>;

export const CELL_CODES = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'] as const;
export type CellCode = (typeof CELL_CODES)[number];

/** Lines of a table (RFC 4180) with quotes where needed; null: it is none. */
export function readCsv(text: string): string[][] | null {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; ; ) {
        const end = text.indexOf('"', at);
        if (end < 0) return null;
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    } else {
      const from = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') at += 1;
      cell = text.slice(from, at);
    }
    line.push(cell);
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      lines.push(line);
      line = [];
      at += 2;
    } else return null;
  }
  return line.length === 0 ? lines : null;
}

/** Null: not the table of a pack. */
export function readCoverage(text: string): CoverageLine[] | null {
  const [head, ...lines] = readCsv(text) ?? [];
  if (head?.join() !== COVERAGE_COLUMNS.join()) return null;
  if (lines.some((cells) => cells.length !== COVERAGE_COLUMNS.length)) return null;
  return lines.map(
    (cells) => Object.fromEntries(COVERAGE_COLUMNS.map((name, n) => [name, cells[n] ?? ''])) as CoverageLine,
  );
}
