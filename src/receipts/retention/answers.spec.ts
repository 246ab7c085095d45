import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { ANSWERS_FILE, answeredSession } from '../../../proof/archive/contents.js';
import { nodeEngine } from '../../../proof/cli/node-engine.js';
import { verifyArchive } from '../../../proof/verify/archived.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { DAY_MS } from '../../../test/support/retention-clock.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../../test/support/station.js';
import { insertMany } from '../../platform/database/index.js';
import { confirmationQuery } from '../confirmations/confirmation.api.js';
import { Confirmation, ConfirmationSession } from '../confirmations/confirmation.entity.js';
import { heardBy } from '../confirmations/confirmation.queries.js';
import { ConfirmationService } from '../confirmations/confirmation.service.js';
import { ArchiveFolder } from './archive.folder.js';
import { ArchiveService } from './archive.service.js';
import { RetentionClock } from './retention.clock.js';

describeOnBothDatabases('who answered for a hamlet', everyTable, (open) => {
  let station: Station;
  let hamletId = '';
  beforeAll(async () => {
    station = await Station.open(await open(), { retention: { confirmationDays: 120, gatherDays: 0 } });
    await station.settle();
    hamletId = (await station.area('ak1')).id;
  });
  afterAll(() => station.close());

  /** A session of one play, as it was frozen, with its answers in the order in which they were given. */
  const answered = async (
    name: string,
    itemId: string,
    answers: readonly Pick<Confirmation, 'kind' | 'answer'>[],
  ): Promise<string> => {
    const { id: clusterId, areaPath } = await station.cluster('k1');
    const id = `${hamletId}.${name}`;
    const startMs = MONDAY_NINE;
    const play = {
      id: `d.${name}`,
      clusterId,
      controllerId: 'd',
      itemId,
      title: 'Vốn vay',
      startMs,
      durationMs: 60_000,
    };
    const session = {
      ...{ id, hamletId, areaPath, hamletName: 'Ấp 1', communeName: 'An Khương', day: '2026-01-05' },
      ...{ startMs, endMs: startMs + 60_000 },
      clusters: [{ id: clusterId, name: 'Cụm loa ấp 1', reach: 'horn' as const }],
      plays: [play as never],
    };
    const rows = answers.map((given, at): Confirmation => {
      const n = answers.slice(0, at + 1).filter(({ kind }) => kind === given.kind).length;
      const corrected = answers.slice(at + 1).some(({ kind }) => kind === given.kind);
      return {
        ...{ ...given, id: `${name}-${at}`, sessionId: id, n, atMs: startMs + 120_000 + at, byId: 'link-1' },
        ...{ byName: 'Ông Điểu K’Rê', toldBy: given.kind === 'head' ? null : 'Bà Tư', archive: null },
        supersededAtMs: corrected ? startMs + 180_000 : null,
      };
    });
    await station.database.write(async ({ manager }) => {
      await insertMany(manager, ConfirmationSession, [session]);
      await insertMany(manager, Confirmation, rows);
    });
    return id;
  };
  const heard = () =>
    station.database.read((reader) =>
      heardBy(reader, { hamletIds: [hamletId], fromDay: '2026-01-01', toDay: '2026-01-31' }),
    );
  const views = async () =>
    (await station.get(ConfirmationService).page(station.root, confirmationQuery.parse({}))).rows;

  it('leaves for an archive, and what was answered stays and counts', async () => {
    const { id: openItem } = await shelve(station, { planLineId: await planWithLine(station) });
    const gone = await answered('1', 'item-1', [
      { kind: 'head', answer: 'unclear' },
      { kind: 'head', answer: 'unclear' },
      { kind: 'telephone', answer: 'unclear' },
    ]);
    // Heard clearly, though no device says that anything sounded; and one of a plan that runs.
    const contradicted = await answered('2', 'item-1', [{ kind: 'head', answer: 'clear' }]);
    const ofPlan = await answered('3', openItem, [{ kind: 'head', answer: 'unclear' }]);
    const before = await heard();
    station.clock.advance(120 * DAY_MS);
    expect(await station.get(RetentionClock).tick()).toEqual([]);
    station.clock.advance(DAY_MS);
    const [name = '', ...more] = await station.get(RetentionClock).tick();
    expect([name === '', more]).toEqual([false, []]);

    expect(await heard()).toEqual(before);
    const shown = new Map((await views()).map((view) => [view.id, view]));
    expect(shown.get(gone)?.answers).toMatchObject([
      { kind: 'head', answer: 'unclear', byName: '', toldBy: null, archive: name },
      { kind: 'telephone', answer: 'unclear', byName: '', toldBy: '', archive: name },
    ]);
    for (const id of [contradicted, ofPlan])
      expect(shown.get(id)?.answers).toMatchObject([{ byName: 'Ông Điểu K’Rê', archive: null }]);

    const file = new Uint8Array(await readFile(station.get(ArchiveFolder).path(name)));
    const root = station.platform.keys.rootFingerprint;
    expect(await verifyArchive(file, nodeEngine, { root })).toMatchObject({
      good: true,
      archive: { checkpoint: null, counts: { receipts: 0, sessions: 1, answers: 3 } },
    });
    const line = Buffer.from(unzipSync(file)[ANSWERS_FILE] ?? []).toString();
    expect(answeredSession.parse(JSON.parse(line))).toMatchObject({
      id: gone,
      hamlet: { name: 'Ấp 1', commune: 'An Khương' },
      answers: [
        { n: 1, byName: 'Ông Điểu K’Rê', supersededAtMs: MONDAY_NINE + 180_000 },
        { n: 2, supersededAtMs: null },
        { kind: 'telephone', toldBy: 'Bà Tư' },
      ],
    });
    const { archives } = await station.get(ArchiveService).list(station.root, { limit: 100 }, 'vi');
    expect(archives).toMatchObject([{ name, sessions: 1, answers: 3, receipts: 0, checkpoint: null }]);
  });

  it('leaves once', async () => {
    station.clock.advance(DAY_MS);
    expect(await station.get(RetentionClock).tick()).toEqual([]);
  });
});
