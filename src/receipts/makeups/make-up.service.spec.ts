import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { auditsOf } from '../../../test/support/audits.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { cancel, planWithLine, rule, shelve, withdraw } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { AccountService } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import type { Actor } from '../../platform/http/index.js';
import { EntryService, ScheduleService } from '../../scheduling/index.js';
import { ReceiptIntake } from '../intake.service.js';
import {
  type MakeUpPreview,
  makeUpAcceptance,
  makeUpPreview,
  makeUpPreviewRequest,
  makeUpView,
} from './make-up.api.js';
import { MakeUpService } from './make-up.service.js';

const CODES = ['k1', 'k2', 'k3', 'k4', 'k9'] as const;
type Code = (typeof CODES)[number];
const HEADER = 'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority\n';
const DAY_MS = 86_400_000;
const MISSED = { startedAtMs: null, endedAtMs: null, playedMs: 0 };
const FATES = {
  complete: {},
  partial: {
    outcome: 'partial',
    cause: 'powerLost',
    grade: 'started',
    endedAtMs: MONDAY_NINE + 9_000,
    playedMs: 9_000,
  },
  notPlayed: { outcome: 'notPlayed', cause: 'assetMissing', grade: 'received', ...MISSED },
} as const;

/** Case 23: ấp 1 of An Khương hears k1, k3 and k4, ấp 2 hears k2 and shares k4; of An Phú ấp 1 hears k9, ấp 2 nothing. */
describeOnBothDatabases('make-up plays of a plan line', everyTable, (open) => {
  let station: Station;
  let office: Actor;
  let service: MakeUpService;
  let hamlets: Record<'ak1' | 'ak2' | 'ap1' | 'ap2', string>;
  const devices = {} as Record<Code, PoleDevice>;
  const clusters = {} as Record<Code, string>;
  let plays = 0;

  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true, withHttp: true });
    await station.settle();
    await station.get(AreaService).importCsv(station.root, `${HEADER}ap2,ap,hamlet,Ấp 2,2020-01-01,,,,\n`);
    await station.importClusters('k3,ak,Cụm loa chợ,,,2,ak1\nk4,ak,Cụm loa chung,,,2,ak1;ak2\n');
    await station.start(ReceiptIntake);
    for (const code of CODES) {
      devices[code] = await station.enrol(code);
      clusters[code] = (await station.cluster(code)).id;
    }
    const idOf = async (code: string) => (await station.area(code)).id;
    hamlets = { ak1: await idOf('ak1'), ak2: await idOf('ak2'), ap1: await idOf('ap1'), ap2: await idOf('ap2') };
    office = person('Sở VHTTDL', 'contentOffice', (await station.area('bp')).path);
    service = station.get(MakeUpService);
  });
  afterAll(() => station.close());

  /** A line with one item that was told to clusters; null: its device says nothing. */
  async function played(fates: Partial<Record<Code, keyof typeof FATES | null>>, line: object = {}) {
    const lineId = await planWithLine(station, line);
    const item = await shelve(station, { planLineId: lineId, title: 'Vay vốn nuôi dê', durationMs: 120_000 });
    const play = `p${++plays}`;
    for (const [cluster, fate] of Object.entries(fates) as [Code, keyof typeof FATES | null][]) {
      const { [cluster]: device } = devices;
      await told(station, device, [play], { cluster, itemId: item.id });
      if (!fate) continue;
      const said = { id: item.id, version: 1, title: 'Vay vốn nuôi dê', language: 'vi' };
      await device.send('receipts', device.batch([device.receipt(play, MONDAY_NINE, { item: said, ...FATES[fate] })]));
      await device.acked(station.platform.keys, device.seq);
    }
    return { lineId, itemId: item.id };
  }
  const preview = (lineId: string, request: object = {}, actor = office) =>
    service.preview(actor, lineId, makeUpPreviewRequest.parse(request));
  const whole = ({ proposalId, entries }: Pick<MakeUpPreview, 'proposalId' | 'entries'>) =>
    makeUpAcceptance.parse({ proposalId, entries });
  const accept = (lineId: string, proposal: MakeUpPreview, actor = office) =>
    service.accept(actor, lineId, whole(proposal));
  const namesOf = (rows: MakeUpPreview['unknown']) => rows.flatMap((row) => row.hamlets.map(({ id }) => id)).sort();
  const CASE_23 = { k1: 'complete', k2: 'partial', k3: 'notPlayed', k4: 'complete', k9: null } as const;

  it('case 23: one entry for the clusters that failed; unknown apart; a hamlet without a cluster is told how', async () => {
    const { lineId, itemId } = await played(CASE_23);
    await station.database.write(({ manager }) =>
      manager.query(`UPDATE communication_plan SET report_deadline = '2026-01-08'`),
    );
    const proposal = await preview(lineId);
    expect(makeUpPreview.parse(proposal)).toEqual(proposal);
    expect(proposal).toMatchObject({
      ...{ from: '2026-01-05', until: '2026-01-11', outsidePeriod: false, left: 0, pending: [] },
      entries: [{ itemId, clusterIds: [clusters.k2, clusters.k3].sort(), title: 'Vay vốn nuôi dê' }],
      unplaced: [{ itemId, reason: 'noCluster', hamlets: [{ id: hamlets.ap2, name: 'Ấp 2', communeName: 'An Phú' }] }],
      unknown: [{ itemId, hamlets: [{ id: hamlets.ap1 }] }],
      summary: { missing: 4, wanted: 2, unknown: 1, pending: 0, completed: 2 },
    });
    const [entry] = proposal.entries;
    expect([...(entry?.hamletIds ?? [])].sort()).toEqual([hamlets.ak1, hamlets.ak2].sort());
    expect(entry?.words.vi).toMatch(/^Phát bù “Vay vốn nuôi dê” lúc .+ An Khương: 2 cụm loa, 2 thôn\.$/);
    expect(proposal.unplaced[0]?.words.vi).toContain('khai báo kèm ảnh');
    // Before or after the day of the report, as the place falls.
    expect(proposal.summary.completedBeforeDeadline).toBe((entry?.day ?? '') < '2026-01-08' ? 2 : 0);
    expect((await preview(lineId, { from: '2026-01-08', until: '2026-01-09' })).summary).toMatchObject({
      ...{ completed: 2, completedBeforeDeadline: 0 },
    });
    const more = await preview(lineId, { withUnknown: true });
    expect(more.entries.flatMap(({ clusterIds }) => clusterIds)).toContain(clusters.k9);
    expect(more).toMatchObject({ unknown: [], summary: { wanted: 3, unknown: 0, completed: 3 } });
  });

  it('what is accepted is scheduled, marked, and not proposed again until it is over or cancelled', async () => {
    const { lineId, itemId } = await played(CASE_23);
    const proposal = await preview(lineId);
    const made = await accept(lineId, proposal);
    expect(makeUpView.array().parse(made)).toEqual(made);
    expect(made).toMatchObject([{ makeUp: true, lineId, itemId, state: 'pending', acceptedByName: 'Sở VHTTDL' }]);
    const [entry] = proposal.entries;
    const areaId = (await station.area('ak')).id;
    const shown = await station.get(ScheduleService).preview(office, { areaId, from: entry?.day ?? '', days: 1 });
    expect(shown.plays).toMatchObject([
      {
        ...{ entryId: made[0]?.entryId, entryTitle: 'Phát bù: Vay vốn nuôi dê', startMs: entry?.startMs },
        clusterIds: entry?.clusterIds,
      },
    ]);
    const again = await preview(lineId);
    expect(again).toMatchObject({ entries: [], summary: { wanted: 0, pending: 2, unknown: 1 } });
    expect(namesOf(again.pending)).toEqual([hamlets.ak1, hamlets.ak2].sort());
    await expect(accept(lineId, { ...proposal, proposalId: 'another' })).rejects.toMatchObject({
      ...{ code: 'makeUp.pending', errors: [{ at: 'entries.0', code: 'makeUp.pending' }] },
    });
    await cancel(station, made[0]?.entryId ?? '');
    expect(await service.list(office, lineId)).toMatchObject([{ state: 'cancelled' }]);
    const third = await preview(lineId);
    expect(third.entries).toHaveLength(1);
    await accept(lineId, third);
    station.clock.set((third.entries[0]?.endMs ?? 0) + DAY_MS);
    expect((await service.list(office, lineId)).map(({ state }) => state).sort()).toEqual(['cancelled', 'over']);
    expect((await preview(lineId)).entries).toHaveLength(1);
    station.clock.set(MONDAY_NINE);
    const audited = await auditsOf(station.database, 'makeUp.accepted');
    expect(audited.filter(({ detail }) => (detail as { lineId: string }).lineId === lineId)).toHaveLength(2);
  });

  it('a double click, and the same sent later, are one; two people are one', async () => {
    const { lineId } = await played(CASE_23);
    const [mine, theirs] = [await preview(lineId), await preview(lineId)];
    const clicks = await Promise.all([accept(lineId, mine), accept(lineId, mine), accept(lineId, mine)]);
    expect(clicks[1]).toEqual(clicks[0]);
    expect(clicks[2]).toEqual(clicks[0]);
    expect(await accept(lineId, mine)).toEqual(clicks[0]);
    await expect(accept(lineId, theirs)).rejects.toMatchObject({ code: 'makeUp.pending' });
    expect(await service.list(office, lineId)).toHaveLength(1);

    const { lineId: other } = await played(CASE_23);
    const both = [await preview(other), await preview(other)];
    const answers = await Promise.allSettled(both.map((proposal) => accept(other, proposal)));
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await service.list(office, other)).toHaveLength(1);
  });

  it('what a person moved to another hour is still pending, and what is cancelled after that is not', async () => {
    const { lineId } = await played(CASE_23);
    const [made] = await accept(lineId, await preview(lineId));
    const entries = station.get(EntryService);
    const recurrence = { kind: 'once', date: '2026-01-20', time: '17:00:00' } as const;
    const { entry } = await entries.edit(office, made?.entryId ?? '', { recurrence });
    expect(entry.id).not.toBe(made?.entryId);
    expect(await service.list(office, lineId)).toMatchObject([{ entryId: made?.entryId, state: 'pending' }]);
    expect((await preview(lineId)).summary).toMatchObject({ wanted: 0, pending: 2 });
    await cancel(station, entry.id);
    expect((await preview(lineId)).summary).toMatchObject({ wanted: 2, pending: 0 });
  });

  it('over HTTP: a proposal, its acceptance, the list, and what no request may say', async () => {
    const { lineId } = await played(CASE_23);
    const grants = [{ role: 'contentOffice' as const, areaId: (await station.area('bp')).id }];
    const login = { login: 'so', password: 'một mật khẩu đủ dài' };
    await station.get(AccountService).create(station.root, { ...login, name: 'Sở VHTTDL', grants });
    let token = '';
    const send = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${station.http}/api/${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: answer.status, body: (await answer.json()) as MakeUpPreview & { token?: string } };
    };
    const path = `plan-lines/${lineId}/make-ups`;
    expect(await send('POST', `${path}/preview`, {})).toMatchObject({ status: 401 });
    token = (await send('POST', 'login', login)).body.token ?? '';
    const { status, body } = await send('POST', `${path}/preview`, {});
    expect([status, body.entries.length]).toEqual([200, 1]);
    expect(await send('POST', path, body)).toMatchObject({ status: 201, body: [{ makeUp: true, state: 'pending' }] });
    expect(await send('GET', path)).toMatchObject({ status: 200, body: [{ lineId }] });
    expect(await send('PATCH', `plan-lines/${lineId}`, { clusters: 'any' })).toMatchObject({ status: 200 });
    for (const wrong of [{ from: 'mai' }, { gapMinutes: -1 }, { withUnknown: 'có' }, { windows: [{ from: '5h' }] }])
      expect(await send('POST', `${path}/preview`, wrong)).toMatchObject({ status: 400 });
    expect(await send('POST', path, { proposalId: 'p', entries: [] })).toMatchObject({ status: 400 });
  });

  it("by the line's rule: one of the clusters is enough, or three plays are wanted", async () => {
    const any = await played(CASE_23, { clusters: 'any' });
    expect((await preview(any.lineId)).summary).toMatchObject({ missing: 2, wanted: 0, unknown: 1 });
    const thrice = await played({ k1: 'complete', k2: 'complete' }, { plays: 3 });
    const proposal = await preview(thrice.lineId, { areaId: (await station.area('ak')).id });
    const count = (code: Code) =>
      proposal.entries.filter(({ clusterIds }) => clusterIds.includes(clusters[code])).length;
    expect([count('k1'), count('k2'), count('k3'), count('k4')]).toEqual([2, 2, 3, 3]);
    expect(proposal.summary).toMatchObject({ missing: 2, wanted: 2, completed: 2 });
    const [first, ...rest] = proposal.entries;
    await accept(thrice.lineId, { ...proposal, entries: first ? [first] : [] });
    expect((await preview(thrice.lineId, { areaId: (await station.area('ak')).id })).entries).toHaveLength(rest.length);
  });

  it('what is sent back must be what the line misses', async () => {
    const { lineId, itemId } = await played({ k1: 'complete', k9: 'notPlayed' });
    const proposal = await preview(lineId, { areaId: (await station.area('ap')).id });
    const entry = proposal.entries[0] as MakeUpPreview['entries'][number];
    expect(entry).toMatchObject({ clusterIds: [clusters.k9] });
    const refusal = (changes: object) =>
      accept(lineId, { ...proposal, entries: [{ ...entry, ...changes }] }).then(
        () => 'made',
        ({ code, errors = [] }) => [code, ...errors.map((error: { code: string }) => error.code)].join(' '),
      );
    expect(await refusal({ hamletIds: ['nothing'] })).toBe('makeUp.refused makeUp.notMissing');
    expect(await refusal({ itemId: 'nothing' })).toBe('makeUp.refused makeUp.notMissing');
    expect(await refusal({ clusterIds: [clusters.k1] })).toBe('makeUp.refused makeUp.wrongClusters');
    expect(await refusal({ clusterIds: [clusters.k9, clusters.k2] })).toBe('makeUp.refused makeUp.wrongClusters');
    expect(await refusal({ hamletIds: [hamlets.ap2] })).toBe('makeUp.refused makeUp.wrongClusters');
    expect(await refusal({ day: '2026-01-04' })).toMatch(/^schedule\.bulkRefused schedule\./);
    expect(itemId).toBe(entry.itemId);
    expect(await service.list(office, lineId)).toEqual([]);
    for (const wrong of [
      { entries: [] },
      { entries: [{ ...entry, time: '25:00' }] },
      { entries: [entry], proposalId: '' },
    ])
      expect(() => makeUpAcceptance.parse({ proposalId: 'p', ...wrong })).toThrow();
    expect(() => makeUpPreviewRequest.parse({ from: '2026-02-30' })).toThrow();
    await expect(preview(lineId, { from: '2026-01-09', until: '2026-01-08' })).rejects.toMatchObject({
      code: 'schedule.spanWrong',
    });
  });

  it('invariant 9: who sees the plan and schedules there, and nobody else', async () => {
    const { lineId } = await played(CASE_23);
    const proposal = await preview(lineId);
    const commune = person('Chị Hoa', 'operator', (await station.area('ak')).path);
    const monitor = person('Anh Nam', 'monitor', (await station.area('bp')).path);
    for (const [actor, code] of [
      [commune, 'plan.unknown'],
      [monitor, 'right.missing'],
    ] as const)
      await expect(preview(lineId, {}, actor)).rejects.toMatchObject({ code });
    await expect(accept(lineId, proposal, commune)).rejects.toMatchObject({ code: 'plan.unknown' });
    await expect(accept(lineId, proposal, monitor)).rejects.toMatchObject({ code: 'schedule.bulkRefused' });
    await expect(service.list(commune, lineId)).rejects.toMatchObject({ code: 'plan.unknown' });
    await expect(preview('nothing')).rejects.toMatchObject({ code: 'plan.unknown' });
    await expect(preview(lineId, { areaId: 'nothing' })).rejects.toMatchObject({ code: 'area.unknown' });
  });

  it('withdrawn content, and no room under the rules, are named and not proposed', async () => {
    const gone = await played(CASE_23);
    await withdraw(station, gone.itemId);
    const nothing = await preview(gone.lineId);
    expect(nothing.entries).toEqual([]);
    expect(nothing.unplaced.map(({ reason }) => reason).sort()).toEqual(['noCluster', 'withdrawn']);
    expect(namesOf(nothing.unplaced)).toEqual([hamlets.ak1, hamlets.ak2, hamlets.ap2].sort());
    const { lineId, itemId } = await played(CASE_23);
    const proposal = await preview(lineId);
    await withdraw(station, itemId);
    await expect(accept(lineId, proposal)).rejects.toMatchObject({
      ...{ code: 'schedule.bulkRefused', errors: [{ at: 'entries.0', code: 'schedule.itemNotApproved' }] },
    });
    const tight = await played(CASE_23);
    await rule(station, 'ak', '05:00', '05:01');
    const full = await preview(tight.lineId);
    expect(full.entries).toEqual([]);
    expect(full.unplaced.find(({ reason }) => reason === 'rulesLeaveNoTime')?.hamlets).toHaveLength(2);
    expect(full.summary).toMatchObject({ wanted: 2, completed: 0 });
  });
});
