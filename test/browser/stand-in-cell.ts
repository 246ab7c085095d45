import { DEVIATIONS } from '../../src/receipts/engine/deviations.js';
import { meaningOf } from '../../src/receipts/engine/reasons.js';
import type { CellView, PlayOfCell } from '../../src/receipts/matrix/cell.api.js';
import type { CoverageView } from '../../src/receipts/matrix/coverage.api.js';

const NINE = Date.parse('2026-11-20T09:00:00+07:00');
const DAY_MS = 86_400_000;
const TEXT = `{"v":1,"device":"bo-dieu-khien-1","boot":7,"seq":41,"play":"${'x'.repeat(400)}"}`;

/** An opened cell of two clusters: one whole play, late and too quiet, and silence since then. */
export function cellOf(
  { line, plan, period, rule, demo }: CoverageView,
  { item, hamlet, state }: Pick<CellView, 'item' | 'hamlet' | 'state'>,
  isSecondPage: boolean,
): CellView {
  const common = { day: '2026-11-20', followedFormer: false, lastHeardAtMs: null, why: null, archive: null } as const;
  const startedAtMs = NINE + 90_000;
  const played: PlayOfCell = {
    ...{ ...common, id: 'p1', clusterId: 'c1', controllerId: 'bo-dieu-khien-1', startMs: NINE },
    ...{ outcome: 'complete', grade: 'sensed', playedMs: 180_000, sensed: true, receiptId: 'bo-dieu-khien-1.7.41' },
    receipt: {
      ...{ id: 'bo-dieu-khien-1.7.41', controllerId: 'bo-dieu-khien-1', boot: 7, seq: 41, states: 'complete' },
      ...{ startedAtMs, endedAtMs: startedAtMs + 180_000, playedMs: 180_000, lateMs: 90_000, volume: 60 },
      planned: { startMs: NINE, durationMs: 180_000, volume: 80 },
      clock: { trust: 'coasting', errorMs: 1_200, corrected: true },
      ...{ receivedAtMs: NINE + DAY_MS, backfill: true, text: TEXT, sha256: 'ab'.repeat(32) },
      deviations: (['late', 'wrongVolume'] as const).map((code) => ({ code, words: DEVIATIONS[code] })),
      proof: {
        leaf: 12_345,
        checkpoint: { size: 20_000, signedAtMs: NINE + DAY_MS, address: '/api/log/checkpoint' },
        inclusion: '/api/log/inclusion?number=12345&size=20000',
      },
    },
  };
  const silent: PlayOfCell = {
    ...{ ...common, id: 'p2', clusterId: 'c2', controllerId: 'bo-dieu-khien-2', startMs: NINE },
    ...{ outcome: 'unknown', grade: 'sent', playedMs: null, sensed: null, receiptId: null, receipt: null },
    ...{ why: { code: 'unknown.offline', words: meaningOf('unknown.offline') }, lastHeardAtMs: NINE - DAY_MS },
  };
  const missed: PlayOfCell = {
    ...{ ...silent, id: 'p3', outcome: 'notPlayed', startMs: NINE - DAY_MS, lastHeardAtMs: null },
    ...{ why: { code: 'cause.powerLost', words: meaningOf('cause.powerLost') }, receiptId: 'bo-dieu-khien-2.1.1' },
    archive: 'luu-tru-2026-11-20.zip',
  };
  const answered = { startMs: NINE, atMs: NINE + 3_600_000, day: '2026-11-20', sessionId: 'session' };
  const photo = { sha256: 'a'.repeat(64), type: 'image/jpeg', width: 800, height: 600 };
  const { id, name, communeId, communeName } = hamlet;
  return {
    ...{ line, plan, period, rule, demo, item, state, hamlet: { id, name, communeId, communeName } },
    completeClusters: 1,
    clusters: [
      {
        ...{ id: 'c1', code: 'HQ-AK-01', name: `Cụm loa ${name}`, reach: 'horn', state: 'complete', served: [period] },
        counts: { complete: 1, partial: 0, notPlayed: 0, unknown: 0 },
      },
      {
        ...{ id: 'c2', code: 'HQ-AK-02', name: 'Cụm loa nhà văn hóa', reach: 'transmitter', state: 'unknown' },
        served: [{ from: '2026-11-01', to: period.to }],
        counts: { complete: 0, partial: 0, notPlayed: 1, unknown: 1 },
      },
    ],
    plays: isSecondPage ? [missed] : [played, silent],
    confirmations: [
      {
        ...answered,
        kind: 'head',
        answer: 'notHeard',
        byName: 'Ông Bảy',
        toldBy: null,
        contradiction: 'playedNotHeard',
      },
      { ...answered, kind: 'telephone', answer: 'clear', byName: 'Chị Mai', toldBy: 'bà Tư', contradiction: null },
    ],
    declarations: [
      {
        ...{ id: 'd1', state: 'declared', itemId: item.id, itemTitle: item.title, lineId: line.id, hamletId: id },
        ...{ hamletName: name, communeName, day: '2026-11-19', means: 'portableLoudspeaker', person: 'Điểu Thị Hoa' },
        ...{ note: 'Chở loa kéo quanh sóc', photo, enteredByName: 'Chị Mai', enteredAtMs: NINE, takenBack: null },
        photoAddress: '/api/declarations/d1/photo',
      },
    ],
  };
}
