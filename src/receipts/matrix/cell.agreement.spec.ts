import { expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../../test/support/station.js';
import { FormerTelling, PlannedPlayRow, plannedPlayId } from '../../dispatch/index.js';
import type { LineRule } from '../../plans/index.js';
import { Confirmation, ConfirmationSession } from '../confirmations/confirmation.entity.js';
import { type CellState, type Counts, stateOf, tallyKey } from '../engine/cells.js';
import { TALLY_KINDS } from '../engine/tally.js';
import { CoverageTally, PlayOutcome } from '../receipt.entity.js';
import { COUNT_TALLIES } from '../tallies/recount.queries.js';
import { type CellView, cellQuery, type PlayOfCell } from './cell.api.js';
import { CellService } from './cell.service.js';
import type { CoverageQuery } from './coverage.api.js';
import { CoverageService } from './coverage.service.js';
import type { Ground } from './ground.queries.js';
import { LineMatrix } from './line-matrix.js';
import { MatrixTables } from './matrix-table.js';

const DAYS = ['2026-01-04', '2026-01-05', '2026-01-06', '2026-01-31', '2026-02-01'];
const RULES: readonly LineRule[] = [
  { plays: 1, clusters: 'all', leastGrade: 'completed', languages: null },
  { plays: 2, clusters: 'any', leastGrade: 'completed', languages: null },
];
const QUESTIONS: readonly CoverageQuery[] = [
  {},
  { from: '2026-01-05', to: '2026-01-31' },
  { leastGrade: 'sensed' },
  { leastGrade: 'heard', from: '2026-01-06' },
  { borders: '2026-01-05' },
];

/** Every few hundred plays differ; the same seed gives the same. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describeOnBothDatabases('a cell and the matrix it stands in', everyTable, (open) => {
  it.each([1, 2])('plays and receipts of a cell make what the matrix says of it (seed %i)', async (seed) => {
    const station = await Station.open(await open());
    await station.settle();
    // Ấp 1 is served by three clusters, one of them since the sixth only; ấp 2 by one that is a transmitter.
    await station.importClusters('k3,ak,Cụm loa ấp 1 phía đông,,,1,ak1\nk4,ak,Cụm loa dùng chung,,,1,ak1;ap1\n');
    const lineId = await planWithLine(station, { target: 2 });
    const items = [await shelve(station, { planLineId: lineId }), await shelve(station, { planLineId: lineId })];
    const other = await shelve(station);
    await scene(
      station,
      seeded(seed),
      [...items, other].map(({ id }) => id),
    );
    const seen = new Set<CellState>();
    for (const rule of RULES) {
      await station.database.write(({ manager }) =>
        manager.update('plan_line', { id: lineId }, { plays: rule.plays, clusters: rule.clusters }),
      );
      for (const asked of QUESTIONS) for (const state of await compare(station, lineId, asked)) seen.add(state);
    }
    expect(seen.size).toBeGreaterThanOrEqual(4);
    await station.close();
  });
});

/** @returns what clusters had */
async function compare(station: Station, lineId: string, asked: CoverageQuery): Promise<Set<CellState>> {
  const seen = new Set<CellState>();
  const coverage = await station.get(CoverageService).ofLine(station.root, lineId, asked);
  const { ground } = await station.database.read((reader) =>
    station.get(LineMatrix).of(reader, station.root, lineId, asked),
  );
  for (const [row, item] of coverage.items.entries())
    for (const [column, hamlet] of coverage.hamlets.entries()) {
      const { first, plays } = await allPages(station, lineId, { itemId: item.id, hamletId: hamlet.id }, asked);
      expect(first).toMatchObject({
        item: { id: item.id },
        hamlet: { id: hamlet.id },
        state: coverage.cells[row]?.[column],
        completeClusters: coverage.completeClusters[row]?.[column],
      });
      expect(first.clusters).toHaveLength(hamlet.clusters);
      for (const cluster of first.clusters) {
        const own = plays.filter(({ clusterId }) => clusterId === cluster.id);
        expect([cluster.code, item.id, asked, cluster.state]).toEqual([
          ...[cluster.code, item.id, asked],
          stateBy(own, first.rule),
        ]);
        seen.add(cluster.state);
        expect(cluster.counts).toEqual(talliedAt(ground, item.id, hamlet.id, cluster.id));
        expect(Object.values(cluster.counts).reduce((sum, count) => sum + count, 0)).toBe(own.length);
      }
    }
  const table = await station.get(MatrixTables).of(station.root, lineId, asked);
  for await (const { item, hamlet, clusters } of table.cells)
    for (const { cluster, counts } of clusters)
      expect(byOutcome(counts, cluster.reach === 'transmitter')).toEqual(
        talliedAt(ground, item.id, hamlet.id, cluster.id),
      );
  return seen;
}

/** What the tallies hold of a cluster while it served a hamlet. */
function talliedAt({ epochs, transmitters }: Ground, itemId: string, hamletId: string, clusterId: string) {
  const sum = { unknown: 0, notPlayed: 0, partial: 0, completed: 0, sensed: 0 };
  for (const { clusterIds, tallies } of epochs.get(hamletId) ?? [])
    if (clusterIds.includes(clusterId))
      for (const kind of TALLY_KINDS) sum[kind] += tallies.get(tallyKey(itemId, clusterId))?.[kind] ?? 0;
  return byOutcome(sum, transmitters.has(clusterId));
}

/** What was whole at a transmitter was brought to it, no more. */
function byOutcome({ unknown, notPlayed, partial, completed, sensed }: Counts, isTransmitter: boolean) {
  const whole = completed + sensed;
  return { complete: isTransmitter ? 0 : whole, partial: partial + (isTransmitter ? whole : 0), notPlayed, unknown };
}

/** By what the plays say of themselves, apart from the tallies. */
function stateBy(plays: readonly PlayOfCell[], { plays: required, leastGrade }: CellView['rule']): CellState {
  const proves = ({ outcome, sensed }: PlayOfCell) =>
    outcome === 'complete' && leastGrade === 'sensed' && sensed !== true ? 'partial' : outcome;
  const count = (outcome: PlayOfCell['outcome']) => plays.filter((play) => proves(play) === outcome).length;
  return stateOf(
    {
      complete: count('complete'),
      partial: count('partial'),
      notPlayed: count('notPlayed'),
      unknown: count('unknown'),
    },
    required,
  );
}

async function allPages(
  station: Station,
  lineId: string,
  cell: { itemId: string; hamletId: string },
  asked: CoverageQuery,
) {
  const ask = (cursor?: string) =>
    station.get(CellService).of(station.root, lineId, cell, { ...cellQuery.parse({ limit: 9, cursor }), ...asked });
  const { view: first, next: second } = await ask();
  const plays = [...first.plays];
  for (let next = second; next !== null; ) {
    const page = await ask(next);
    plays.push(...page.view.plays);
    next = page.next;
  }
  expect(new Set(plays.map(({ id }) => id)).size).toBe(plays.length);
  return { first, plays };
}

/** Plays of every kind, written as publisher and intake write them, and counted from scratch. */
async function scene(station: Station, next: (below: number) => number, itemIds: readonly string[]): Promise<void> {
  const oneOf = <T>(values: readonly T[]): T => values[next(values.length)] as T;
  const clusters = await Promise.all(['k1', 'k2', 'k3', 'k4', 'k9'].map((code) => station.cluster(code)));
  const device = await station.enrol('k1');
  const planned: PlannedPlayRow[] = [];
  const former: FormerTelling[] = [];
  const outcomes: PlayOutcome[] = [];
  const said = (id: string, itemId: string, clusterId: string, day: string, planVersion: number): PlayOutcome => {
    const outcome = oneOf(['complete', 'complete', 'complete', 'partial', 'notPlayed'] as const);
    return {
      ...{ id, itemId, clusterId, day, outcome, planVersion, playedMs: 1_000, receiptId: `${id}.receipt` },
      cause: outcome === 'complete' ? null : oneOf(['powerLost', 'assetMissing', null] as const),
      grade: outcome === 'complete' ? 'completed' : 'started',
      relayHeardMs: next(10) === 0 ? 1_000 : null,
      sensed: oneOf([true, true, null, false]),
      doubtedAtMs: next(12) === 0 ? MONDAY_NINE : null,
    };
  };
  for (let n = 0; n < 50; n++) {
    const { id: clusterId, areaPath } = oneOf(clusters);
    const controllerId = `device-of-${clusterId}-${next(2)}`;
    const [itemId, day, id] = [oneOf(itemIds), oneOf(DAYS), plannedPlayId(controllerId, `p${n}`)];
    const startMs = MONDAY_NINE + next(40) * 60_000;
    planned.push({
      ...{ id, controllerId, play: `p${n}`, clusterId, areaPath, entryId: 'entry', itemId, itemVersion: 1, day },
      ...{ startMs, durationMs: 60_000, planVersion: 2, withdrawnAtMs: next(7) === 0 ? startMs - 1 : null },
    });
    const before = { itemId: oneOf(itemIds), day: oneOf(DAYS) };
    const isTold = next(4) === 0;
    if (isTold) former.push({ id, planVersion: 1, ...before, itemVersion: 1, startMs: startMs - 3_600_000 });
    if (next(4) === 0) continue;
    const followed = isTold && next(2) === 0 ? { ...before, version: 1 } : { itemId, day, version: 2 };
    outcomes.push(said(id, followed.itemId, clusterId, followed.day, followed.version));
  }
  // An emergency that was stopped before any plan told it.
  const k1 = clusters[0]?.id ?? '';
  const command = { item: { id: itemIds[0] }, play: 'summoned', startMs: MONDAY_NINE };
  const summoned = said(plannedPlayId(device.id, 'summoned'), itemIds[0] ?? '', k1, '2026-01-05', 1);
  outcomes.push({ ...summoned, outcome: 'complete', doubtedAtMs: null });
  const sessions = await Promise.all(['ak1', 'ap1'].map((code) => station.area(code)));
  await station.database.write(async ({ manager }) => {
    await manager.update('cluster', { code: 'k2' }, { reach: 'transmitter' });
    await manager.update('cluster_hamlet', { clusterId: clusters[2]?.id }, { validFrom: '2026-01-06' });
    await manager.insert(PlannedPlayRow, planned);
    await manager.insert(FormerTelling, former);
    await manager.insert(PlayOutcome, outcomes);
    await manager.insert('command', {
      ...{ id: 'command', requestKey: 'command', kind: 'playNow', areaId: null, areaPath: '/', clusterIds: null },
      body: { kind: 'playNow', day: '2026-01-05', choices: [{ languages: null, plays: [command] }] },
      ...{ issuedById: null, issuedByName: 'Vang', reason: '', issuedAtMs: MONDAY_NINE, expiresAtMs: MONDAY_NINE },
      ...{ signed: null, publishedAtMs: null, activeUntilMs: null, endedAtMs: null },
    });
    for (const { id: hamletId, path, name } of sessions) {
      const sessionId = `${hamletId}.${MONDAY_NINE}`;
      await manager.insert(ConfirmationSession, {
        ...{ id: sessionId, hamletId, areaPath: path, hamletName: name, communeName: '', day: '2026-01-06' },
        ...{ startMs: MONDAY_NINE, endMs: MONDAY_NINE + 1, clusters: [] },
        plays: planned.slice(0, 9).map((play) => ({ ...play, title: '' })) as never,
      });
      await manager.insert(Confirmation, {
        ...{ id: `${hamletId}.answer`, sessionId, kind: 'head', n: 1, answer: 'clear', atMs: MONDAY_NINE },
        ...{ byId: 'link', byName: 'Trưởng ấp', toldBy: null, supersededAtMs: null },
      });
    }
    await manager.createQueryBuilder().delete().from(CoverageTally).execute();
    await manager.query(COUNT_TALLIES);
  });
}
