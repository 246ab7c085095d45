import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, MONDAY_NINE, person, Station } from '../../../test/support/station.js';
import type { Actor } from '../../platform/http/index.js';
import { commandQuery, newCommand, resumeRequest, stopAllRequest } from './command.api.js';
import { CommandCode, CommandRow } from './command.entity.js';
import { CommandService } from './command.service.js';
import { CommandViews } from './command.views.js';
import { CommandCodes } from './command-codes.js';

const HOUR_MS = 3_600_000;

describeOnBothDatabases('giving commands', { ...everyTable, postgres: 'longRun' }, (open) => {
  let station: Station;
  let operator: Actor;
  beforeEach(async () => {
    station = await Station.open(await open());
    await station.settle();
    operator = person('truc', 'operator', (await station.area('ak')).path);
  });
  afterEach(() => station.close());

  const service = () => station.get(CommandService);
  const request = async (body: object, more: object = {}) =>
    newCommand.parse({ target: { areaId: (await station.area('ak')).id }, body, requestKey: randomUUID(), ...more });
  const give = async (body: object, more: object = {}, actor = operator) =>
    service().order(actor, await request(body, more));
  const clusters = async (...codes: string[]) => ({
    target: { clusterIds: await Promise.all(codes.map(async (code) => (await station.cluster(code)).id)) },
  });
  const stopAll = async (more: object = {}, actor = operator, area = 'ak') =>
    service().stopAll(
      actor,
      (await station.area(area)).id,
      stopAllRequest.parse({ untilMs: MONDAY_NINE + HOUR_MS, emergencies: true, requestKey: randomUUID(), ...more }),
    );
  /** What stands in the messages to people, and nowhere else. */
  const codes = async (): Promise<string[]> => {
    const notices: { params: string }[] = await station.database.read((reader) =>
      reader.query("SELECT params FROM notice WHERE kind = 'command.code' ORDER BY id"),
    );
    return notices.map(({ params }) => (JSON.parse(params) as { code: string }).code);
  };
  const newestCode = async () => (await codes()).at(-1) ?? '';
  const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
  const rows = () => station.database.read((reader) => reader.find(CommandRow, { order: { id: 'ASC' } }));
  const audited = async (action: string): Promise<number> =>
    (await station.database.read((reader) => reader.query(`SELECT id FROM audit_entry WHERE action = '${action}'`)))
      .length;

  it('an ordinary one is given at once, expires soon, and stands in the audit log', async () => {
    const given = await give({ kind: 'volume', percent: 40 }, { reason: 'loa to quá' });
    expect(given).toMatchObject({
      kind: 'volume',
      issuedByName: 'truc',
      reason: 'loa to quá',
      issuedAtMs: MONDAY_NINE,
      expiresAtMs: MONDAY_NINE + 600_000,
      activeUntilMs: null,
    });
    expect(await audited('command.given')).toBe(1);
  });

  it('a second tap is the same command; the key of one names no other', async () => {
    const first = await request({ kind: 'volume', percent: 40 });
    const [one, two] = [await service().order(operator, first), await service().order(operator, first)];
    expect(two).toEqual(one);
    expect(await rows()).toHaveLength(1);
    const other = { ...first, body: { kind: 'volume' as const, percent: 41 } };
    await expect(service().order(operator, other)).rejects.toMatchObject({ code: 'command.keyReused' });
    const stranger = person('khac', 'operator', (await station.area('ak')).path);
    expect((await service().order(stranger, first)).id).not.toBe(one.id);
  });

  it('nobody commands beyond their area, or a cluster that is not theirs, or without the right', async () => {
    const foreign = { target: { areaId: (await station.area('ap')).id } };
    await expect(give({ kind: 'stop' }, foreign)).rejects.toMatchObject({ code: 'area.unknown' });
    const above = { target: { areaId: (await station.area('bp')).id } };
    await expect(give({ kind: 'stop' }, above)).rejects.toMatchObject({ code: 'area.unknown' });
    await expect(give({ kind: 'stop' }, await clusters('k1', 'k9'))).rejects.toMatchObject({
      code: 'command.clusterUnknown',
      errors: [{ at: (await station.cluster('k9')).id, code: 'command.clusterUnknown' }],
    });
    await expect(give({ kind: 'stop' }, { target: { clusterIds: ['nowhere'] } })).rejects.toMatchObject({
      code: 'command.clusterUnknown',
    });
    const monitor = person('xem', 'monitor', '/');
    await expect(give({ kind: 'stop' }, {}, monitor)).rejects.toMatchObject({ code: 'right.missing' });
    expect(await rows()).toEqual([]);
  });

  test.each([
    ['an emergency beside its own policy', { kind: 'playNow', day: '2026-01-05', choices: [] }],
    ['a kind that nobody knows', { kind: 'format' }],
    ['too loud', { kind: 'volume', percent: 101 }],
    ['no address, path or program', { kind: 'reboot', run: 'rm -rf /' }],
  ])('%s is no request, or says no more than the contract', (_, body) => {
    const parsed = newCommand.safeParse({ target: { areaId: 'a' }, body, requestKey: randomUUID() });
    if (parsed.success) expect(parsed.data.body).toEqual({ kind: 'reboot' });
    else expect(parsed.error.issues).not.toEqual([]);
  });

  it('oversized text, a target of both kinds, and a code that is none are refused at the door', () => {
    const good = { target: { areaId: 'a' }, body: { kind: 'stop' }, requestKey: randomUUID() };
    expect(newCommand.safeParse(good).success).toBe(true);
    for (const bad of [
      { reason: 'a'.repeat(501) },
      { target: { areaId: 'a', clusterIds: ['b'] } },
      { target: { clusterIds: [] } },
      { target: { areaId: '../a' } },
      { otp: '12345' },
      { otp: '12345a' },
      { requestKey: 'again' },
    ])
      expect([bad, newCommand.safeParse({ ...good, ...bad }).success]).toEqual([bad, false]);
  });

  describe('a dangerous one', () => {
    it('is not given without its code, which reaches the person by notice and nobody by HTTP', async () => {
      const refusal = await stopAll().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'command.confirm', status: 428 });
      const code = await newestCode();
      expect(code).toMatch(/^\d{6}$/);
      expect(JSON.stringify(refusal)).not.toContain(code);
      expect(await rows()).toEqual([]);
      const [kept] = await station.database.read((reader) => reader.find(CommandCode));
      expect(JSON.stringify(kept)).not.toContain(code);
      const [notice]: { audience: string }[] = await station.database.read((reader) =>
        reader.query('SELECT audience FROM notice'),
      );
      expect(JSON.parse(notice?.audience ?? '')).toEqual({ accountIds: [operator.accountId] });

      expect(await stopAll({ otp: code })).toMatchObject({ kind: 'silence', activeUntilMs: MONDAY_NINE + HOUR_MS });
      expect([await audited('command.codeSent'), await audited('command.given')]).toEqual([1, 1]);
      // Used, the message that carried it is gone too.
      expect(await codes()).toEqual([]);
    });

    it('a code serves once', async () => {
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
      const otp = await newestCode();
      await stopAll({ otp });
      await expect(stopAll({ otp })).rejects.toMatchObject({ code: 'command.codeInvalid' });
      expect(await rows()).toHaveLength(1);
    });

    it('two taps with one code at the same moment are one command', async () => {
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
      const otp = await newestCode();
      const taps = await Promise.allSettled([stopAll({ otp }), stopAll({ otp })]);
      expect(taps.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await rows()).toHaveLength(1);
    });

    it('a code is for this command, this target and this person', async () => {
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
      const otp = await newestCode();
      const invalid = { code: 'command.codeInvalid' };
      await expect(stopAll({ otp, untilMs: MONDAY_NINE + 2 * HOUR_MS })).rejects.toMatchObject(invalid);
      await expect(stopAll({ otp, emergencies: false })).rejects.toMatchObject(invalid);
      await expect(give({ kind: 'reboot' }, { otp })).rejects.toMatchObject(invalid);
      await expect(stopAll({ otp }, station.root)).rejects.toMatchObject(invalid);
      const province = person('tinh', 'operator', '/');
      await expect(stopAll({ otp }, province, 'bp')).rejects.toMatchObject(invalid);
      expect(await rows()).toEqual([]);
      expect(await stopAll({ otp })).toMatchObject({ kind: 'silence' });
    });

    it('expires after five minutes, and then leaves no message behind', async () => {
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
      const otp = await newestCode();
      station.clock.advance(5 * 60_000 + 1);
      await expect(stopAll({ otp })).rejects.toMatchObject({ code: 'command.codeInvalid' });
      await station.get(CommandCodes).forgetOld();
      expect(await codes()).toEqual([]);
    });

    it('after five wrong ones the right one is worth nothing', async () => {
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
      const otp = await newestCode();
      for (const left of [4, 3, 2, 1, 0])
        await expect(stopAll({ otp: wrong(otp) })).rejects.toMatchObject({
          code: 'command.codeWrong',
          parameters: { left },
        });
      await expect(stopAll({ otp })).rejects.toMatchObject({ code: 'command.codeInvalid' });
      expect(await audited('command.codeWrong')).toBe(5);
      expect(await rows()).toEqual([]);
    });

    it('wrong ones at the same moment count one by one', async () => {
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
      const otp = wrong(await newestCode());
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => stopAll({ otp })));
      const codesOf = tries.map((each) => (each.status === 'rejected' ? each.reason.code : 'given'));
      expect(codesOf.filter((code) => code === 'command.codeWrong')).toHaveLength(5);
      expect(codesOf.filter((code) => code === 'command.codeInvalid')).toHaveLength(7);
    });

    it('a new code ends the one before; asking for ever is refused', async () => {
      const asked: string[] = [];
      for (let i = 0; i < 10; i++) {
        await expect(stopAll()).rejects.toMatchObject({ code: 'command.confirm' });
        asked.push(await newestCode());
      }
      expect(await codes()).toHaveLength(1);
      await expect(stopAll()).rejects.toMatchObject({ code: 'command.tooManyCodes' });
      const [former = ''] = asked.filter((code) => code !== asked.at(-1));
      await expect(stopAll({ otp: former })).rejects.toMatchObject({ code: 'command.codeWrong' });
      expect(await stopAll({ otp: asked.at(-1) })).toMatchObject({ kind: 'silence' });
    });
  });

  describe('silencing clusters by name', () => {
    const SILENCE = { kind: 'silence', untilMs: MONDAY_NINE + HOUR_MS, emergencies: true };
    const MUTE = { kind: 'volume', percent: 1 };
    const silence = async (...names: string[]) => give(SILENCE, await clusters(...names));
    const confirm = { code: 'command.confirm' };
    /** An Khương: seven clusters, each with its controller. */
    beforeEach(async () => {
      await station.importClusters([3, 4, 5, 6, 7].map((n) => `k${n},ak,Cụm ${n},,,2,ak1\n`).join(''));
      for (let n = 1; n <= 7; n++) await station.enrol(`k${n}`);
    });

    it('a few need no code, more do', async () => {
      await silence('k1', 'k2', 'k3');
      const four = await clusters('k4', 'k5', 'k6', 'k7');
      await expect(give(SILENCE, four, person('khac', 'operator', '/'))).rejects.toMatchObject(confirm);
      expect(await rows()).toHaveLength(1);
    });

    it('one after another they count together, in both words, until an hour has passed', async () => {
      for (const name of ['k1', 'k2', 'k1']) await silence(name);
      await give(MUTE, await clusters('k3'));
      await expect(silence('k4')).rejects.toMatchObject(confirm);
      await expect(give(MUTE, await clusters('k4'))).rejects.toMatchObject(confirm);
      const otp = await newestCode();
      expect(await give(MUTE, { ...(await clusters('k4')), otp })).toMatchObject({ kind: 'volume' });
      // What makes nobody silent is free, and so is another person.
      await give({ kind: 'volume', percent: 50 }, await clusters('k5'));
      await give(SILENCE, await clusters('k5'), person('khac', 'operator', '/'));
      station.clock.advance(HOUR_MS + 1);
      const later = { ...SILENCE, untilMs: MONDAY_NINE + 3 * HOUR_MS };
      expect(await give(later, await clusters('k6'))).toMatchObject({ kind: 'silence' });
    });

    it('many small ones at the same moment do not pass where a large one would not', async () => {
      const orders = await Promise.allSettled(['k1', 'k2', 'k3', 'k4', 'k5', 'k6'].map((name) => silence(name)));
      const given = orders.filter(({ status }) => status === 'fulfilled').length;
      expect([given, (await rows()).length]).toEqual([3, 3]);
    });

    it('all of a commune need one, however few they are', async () => {
      await station.enrol('k9');
      await expect(give(SILENCE, await clusters('k9'), station.root)).rejects.toMatchObject(confirm);
      expect(await rows()).toEqual([]);
    });
  });

  it.each([
    ['over already', -1],
    ['in eight days', 8 * 24 * HOUR_MS],
  ])('a silence whose end is %s is refused before any code is sent', async (_, aheadMs) => {
    await expect(stopAll({ untilMs: MONDAY_NINE + aheadMs })).rejects.toMatchObject({ code: 'command.untilWrong' });
    expect(await codes()).toEqual([]);
  });

  describe('silence and resume', () => {
    const confirmed = async (actor: Actor, area: string) => {
      await expect(stopAll({}, actor, area)).rejects.toMatchObject({ code: 'command.confirm' });
      return stopAll({ otp: await newestCode() }, actor, area);
    };
    const resume = async (actor: Actor, area: string) =>
      service().resume(actor, (await station.area(area)).id, resumeRequest.parse({ requestKey: randomUUID() }));

    it('resume stays in force as long as the silence would have, for those who were away', async () => {
      await confirmed(operator, 'ak');
      station.clock.advance(60_000);
      expect(await resume(operator, 'ak')).toMatchObject({ kind: 'resume', activeUntilMs: MONDAY_NINE + HOUR_MS });
      expect((await rows()).map(({ kind, endedAtMs }) => [kind, endedAtMs])).toEqual([
        ['silence', MONDAY_NINE + 60_000],
        ['resume', null],
      ]);
    });

    it('what the province silenced the commune does not lift; the province lifts also what communes did', async () => {
      const province = person('tinh', 'operator', '/');
      await confirmed(operator, 'ak');
      await confirmed(province, 'bp');
      await expect(resume(operator, 'ak')).rejects.toMatchObject({
        code: 'command.silencedAbove',
        parameters: { area: 'Bình Phước' },
      });
      await resume(province, 'bp');
      expect((await rows()).map(({ kind, endedAtMs }) => [kind, endedAtMs !== null])).toEqual([
        ['silence', true],
        ['silence', true],
        ['resume', false],
      ]);
      // Nothing is silent any more, so the commune's own word is free again.
      expect(await resume(operator, 'ak')).toMatchObject({ activeUntilMs: null });
    });
  });

  it('the list shows an area and what lies below, page by page, and to nobody else', async () => {
    for (const percent of [10, 20, 30]) {
      await give({ kind: 'volume', percent });
      station.clock.advance(1_000);
    }
    await give({ kind: 'stop' }, await clusters('k1'));
    const views = station.get(CommandViews);
    const page = async (actor: Actor, area: string, cursor?: string) =>
      views.list(actor, commandQuery.parse({ areaId: (await station.area(area)).id, limit: 3, cursor }));
    const first = await page(operator, 'ak');
    expect(first.items.map(({ body }) => body)).toEqual([
      { kind: 'stop' },
      { kind: 'volume', percent: 30 },
      { kind: 'volume', percent: 20 },
    ]);
    const second = await page(operator, 'ak', first.next ?? undefined);
    expect([second.items.map(({ body }) => body), second.next]).toEqual([[{ kind: 'volume', percent: 10 }], null]);
    expect((await page(station.root, 'ap')).items).toEqual([]);
    expect((await page(station.root, 'bp')).items).toHaveLength(3);
    const stranger = person('la', 'operator', (await station.area('ap')).path);
    await expect(page(stranger, 'ak')).rejects.toMatchObject({ code: 'area.unknown' });
    const [{ id } = { id: '' }] = first.items;
    await expect(views.one(stranger, id, { limit: 10 })).rejects.toMatchObject({ code: 'command.unknown' });
    await expect(views.one(operator, 'none', { limit: 10 })).rejects.toMatchObject({ code: 'command.unknown' });
  });
});
