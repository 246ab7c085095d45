import { CAUSE_MEANINGS } from '../../../devices/protocol/index.js';
import type { XlsxCell } from '../../platform/xlsx/index.js';
import { type DayView, REMARKS } from '../../receipts/index.js';
import { STATE_WORDS } from '../engine/causes.js';
import { fileNameOf, notesOf } from './notes.js';
import type { Table } from './table.js';

const COLUMNS = [
  ['ngay', 12],
  ['gio_phat', 20],
  ['ma_cum_loa', 20],
  ['cum_loa', 28],
  ['may_phat', 10],
  ['ma_ban_tin', 20],
  ['ban_tin', 48],
  ['ket_qua', 14],
  ['dien_giai', 16],
  ['nguyen_nhan', 48],
  ['so_giay_phat', 14],
  ['ma_xac_nhan', 30],
] as const;

/** A day of an area, a line for each play. @param titles by `item.version` */
export function dayTable(
  { day, demo, clusters }: DayView,
  area: { readonly name: string; readonly code: string },
  titles: ReadonlyMap<string, string>,
  nowMs: number,
): Table {
  return {
    fileName: fileNameOf(demo, 'nhat-ky-phat', area.code, day),
    title: 'Nhật ký phát',
    columns: COLUMNS.map(([name, width]) => ({ name, width })),
    rows: rowsOf(day, clusters, titles),
    notes: [...notesOf(demo, nowMs), ['Địa bàn', area.name]],
  };
}

async function* rowsOf(
  day: string,
  clusters: DayView['clusters'],
  titles: ReadonlyMap<string, string>,
): AsyncGenerator<XlsxCell[]> {
  for (const { id, name, reach, plays } of clusters)
    for (const { itemId, itemVersion, startMs, outcome, cause, remark, playedMs, receiptId } of plays)
      yield [
        ...[{ day }, { atMs: startMs }, id, name, reach === 'transmitter' ? 'x' : '', itemId],
        ...[titles.get(`${itemId}.${itemVersion}`) ?? '', outcome, STATE_WORDS[outcome]],
        [cause && CAUSE_MEANINGS[cause].vi, remark && REMARKS[remark].vi].filter(Boolean).join('; '),
        ...[playedMs === null ? null : playedMs / 1_000, receiptId],
      ];
}
