import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, person, Station } from '../../test/support/station.js';
import type { Database } from '../platform/database/index.js';
import type { Log } from '../platform/logging/index.js';
import { newAccount } from './account.api.js';
import { Account, AccountGrant, AuditEntry, LoginSession } from './account.entity.js';
import { AccountService } from './account.service.js';
import { SessionService } from './session.service.js';

const PASSWORD = 'mot-mat-khau-dai';
const HOUR_MS = 3_600_000;

describeOnBothDatabases('accounts', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let accounts: AccountService;
  let sessions: SessionService;
  let printed: Record<string, unknown>[];
  beforeEach(async () => {
    database = await open();
    printed = [];
    const note = (fields: object) => void printed.push(fields as Record<string, unknown>);
    const log: Log = { info: note, warn: note, error: note };
    station = await Station.open(database, { log });
    accounts = station.get(AccountService);
    sessions = station.get(SessionService);
  });
  afterEach(() => station.close());

  const printedCode = () => String(printed.find((fields) => 'setupCode' in fields)?.setupCode ?? '');
  const setUp = (changes: object = {}) =>
    accounts.setUp({ code: printedCode(), login: 'quantri', password: PASSWORD, name: 'Quản trị', ...changes });
  const logIn = (login = 'quantri', password = PASSWORD, address = '10.0.0.1') =>
    sessions.logIn(login, password, address);
  const codeOf = (doing: Promise<unknown>) =>
    doing.then(
      () => 'done',
      (problem: { code?: string }) => problem.code ?? String(problem),
    );
  const count = () => database.read((reader) => reader.count(Account));
  /** Somebody made by the administrator. */
  const someone = async (role: 'operator' | 'administrator' | 'monitor', area: string | null, login = 'chi.hoa') => {
    const areaId = area === null ? null : (await station.area(area)).id;
    return accounts.create(
      station.root,
      newAccount.parse({ login, password: PASSWORD, name: 'Chị Hoa', grants: [{ role, areaId }] }),
    );
  };

  it('first start: the administrator is made with the code of the log, and only once', async () => {
    await accounts.start(null);
    expect(await codeOf(setUp({ code: 'x' }))).toBe('setup.codeWrong');
    expect(await codeOf(setUp({ code: 'x'.repeat(printedCode().length) }))).toBe('setup.codeWrong');
    expect(await setUp()).toMatchObject({ login: 'quantri', grants: [{ role: 'administrator', areaId: null }] });
    expect(await codeOf(setUp({ login: 'nguoi.khac' }))).toBe('setup.done');
    expect(await count()).toBe(1);
    printed.length = 0;
    await accounts.start(null);
    expect(printedCode()).toBe('');
  });

  it('twice with the code at the same moment is one administrator', async () => {
    await accounts.start(null);
    const answers = await Promise.all(['mot', 'hai', 'mot'].map((login) => codeOf(setUp({ login }))));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'setup.done')).toHaveLength(2);
    expect(await count()).toBe(1);
  });

  it('first start: the administrator comes from the configuration, and no code is printed', async () => {
    await accounts.start({ login: 'QuanTri', password: PASSWORD });
    expect(printedCode()).toBe('');
    expect(await codeOf(setUp())).toBe('setup.done');
    await accounts.start({ login: 'khac', password: PASSWORD });
    expect(await count()).toBe(1);
    expect((await logIn()).account).toMatchObject({ login: 'quantri' });
  });

  it('no password and no code of anybody is in the log', async () => {
    await accounts.start({ login: 'quantri', password: PASSWORD });
    await logIn();
    expect(JSON.stringify(printed)).not.toContain(PASSWORD);
  });

  it('login: right, wrong password, wrong name; letters’ case and spaces of the name do not matter', async () => {
    await accounts.start({ login: 'quantri', password: PASSWORD });
    const { token, account } = await logIn(' QuanTri ');
    expect((await sessions.actorOf(token))?.accountId).toBe(account.id);
    expect(await codeOf(logIn('quantri', 'sai'))).toBe('login.wrong');
    expect(await codeOf(logIn('khong.co'))).toBe('login.wrong');
    expect(await sessions.actorOf('x'.repeat(43))).toBeNull();
    // The table alone opens nothing.
    const [session] = await database.read((reader) => reader.find(LoginSession));
    expect(session?.tokenSha256).not.toBe(token);
  });

  it('wrong passwords are limited by name, until time has passed', async () => {
    const clock = station.clock;
    await accounts.start({ login: 'quantri', password: PASSWORD });
    for (let attempt = 0; attempt < 8; attempt++) expect(await codeOf(logIn('quantri', 'sai'))).toBe('login.wrong');
    expect(await codeOf(logIn())).toBe('login.tooMany');
    clock.advance(10 * 60_000 + 1);
    expect(await codeOf(logIn())).toBe('done');
  });

  it('wrong passwords are limited when they come at the same moment', async () => {
    await accounts.start({ login: 'quantri', password: PASSWORD });
    const answers = await Promise.all(Array.from({ length: 20 }, () => codeOf(logIn('quantri', 'sai'))));
    expect(answers.filter((answer) => answer === 'login.wrong')).toHaveLength(8);
    expect(answers.filter((answer) => answer === 'login.tooMany')).toHaveLength(12);
  });

  it('a success forgets the failures of that name', async () => {
    await accounts.start({ login: 'quantri', password: PASSWORD });
    for (let round = 0; round < 2; round++) {
      for (let attempt = 0; attempt < 7; attempt++) await codeOf(logIn('quantri', 'sai'));
      expect(await codeOf(logIn())).toBe('done');
    }
  });

  it('a session ends after twelve hours, and by logging out', async () => {
    await accounts.start({ login: 'quantri', password: PASSWORD });
    const [first, second] = [await logIn(), await logIn()];
    await sessions.logOut(second.token);
    expect(await sessions.actorOf(second.token)).toBeNull();
    station.clock.advance(12 * HOUR_MS);
    expect(await sessions.actorOf(first.token)).not.toBeNull();
    station.clock.advance(1);
    expect(await sessions.actorOf(first.token)).toBeNull();
    await logIn();
    expect(await database.read((reader) => reader.count(LoginSession))).toBe(1);
  });

  it('a disabled account can neither log in nor go on', async () => {
    await accounts.start({ login: 'quantri', password: PASSWORD });
    const { token, account } = await logIn();
    await database.write((tx) => tx.manager.update(Account, { id: account.id }, { disabled: true }));
    expect(await sessions.actorOf(token)).toBeNull();
    expect(await codeOf(logIn())).toBe('login.wrong');
  });

  it('a right that is taken ends at once', async () => {
    await station.settle();
    const { id } = await someone('operator', 'ak');
    const { token } = await logIn('chi.hoa');
    const path = (await station.area('ak')).path;
    expect((await sessions.actorOf(token))?.may('library.write', path)).toBe(true);
    await database.write((tx) => tx.manager.delete(AccountGrant, { accountId: id }));
    const actor = await sessions.actorOf(token);
    expect(actor?.may('library.write', path)).toBe(false);
    expect(actor?.scopes('library.write')).toEqual([]);
  });

  it('invariant 9: an administrator of one commune makes accounts for that commune only, and sees only those', async () => {
    await station.settle();
    const [ak, ap, ak1] = [await station.area('ak'), await station.area('ap'), await station.area('ak1')];
    const local = person('Chị Lan', 'administrator', ak.path);
    const request = (...grants: { role: 'operator' | 'administrator'; areaId: string | null }[]) =>
      newAccount.parse({ login: `nguoi.${grants.length}`, password: PASSWORD, name: 'Ai đó', grants });
    for (const areaId of [null, ap.id, ak.path])
      expect(await codeOf(accounts.create(local, request({ role: 'operator', areaId })))).toMatch(
        /^(right\.missing|account\.areaUnknown)$/,
      );
    expect(
      await codeOf(
        accounts.create(local, request({ role: 'operator', areaId: ak.id }, { role: 'operator', areaId: ap.id })),
      ),
    ).toBe('right.missing');
    expect(await count()).toBe(0);
    const made = await accounts.create(local, request({ role: 'operator', areaId: ak1.id }));
    await someone('administrator', null, 'quantri');
    await someone('monitor', 'ap');
    expect((await accounts.list(local)).map(({ id }) => id)).toEqual([made.id]);
    expect(await accounts.list(person('Ai đó', 'operator', '/'))).toEqual([]);
    expect((await accounts.list(station.root)).map(({ login }) => login)).toEqual(['chi.hoa', 'nguoi.1', 'quantri']);
    const audits = await database.read((reader) => reader.findBy(AuditEntry, { subject: made.id }));
    expect(audits).toMatchObject([{ action: 'account.created', actorName: 'Chị Lan', areaPath: ak1.path }]);
  });

  it('one’s own e-mail address is set and taken away; the audit log says that, not the address', async () => {
    await station.settle();
    const { id } = await someone('operator', 'ak');
    const actor = (await sessions.actorOf((await logIn('chi.hoa')).token)) ?? station.root;
    expect((await accounts.me(actor)).email).toBeNull();
    expect(await accounts.setEmail(actor, 'hoa@xa.gov.vn')).toEqual({
      accountId: id,
      name: 'Chị Hoa',
      email: 'hoa@xa.gov.vn',
    });
    expect(await database.read((reader) => accounts.reachable(reader, [id, 'nobody']))).toEqual([
      { id, name: 'Chị Hoa', email: 'hoa@xa.gov.vn' },
    ]);
    expect((await accounts.setEmail(actor, null)).email).toBeNull();
    const audits = await database.read((reader) => reader.findBy(AuditEntry, { accountId: id }));
    expect(audits.map(({ action }) => action)).toEqual(['account.emailSet', 'account.emailRemoved']);
    expect(JSON.stringify(audits)).not.toContain('hoa@');
  });

  it('who may do an action at an area: by the grants there and above, of accounts that are not disabled', async () => {
    await station.settle();
    const [ak, ak1, bp] = [await station.area('ak'), await station.area('ak1'), await station.area('bp')];
    const root = await someone('administrator', null, 'quantri');
    const operator = await someone('operator', 'ak');
    const below = await someone('operator', 'ak1', 'thon');
    await someone('operator', 'ap', 'xa.khac');
    await someone('monitor', 'ak', 'xem');
    const gone = await someone('operator', 'bp', 'tinh');
    const holders = (action: string, path: string) =>
      database.read(async (reader) =>
        (await accounts.whoMay(reader, action, path)).sort((a, b) => a.scopePath.length - b.scopePath.length),
      );
    expect((await holders('library.write', ak.path)).map(({ scopePath }) => scopePath)).toEqual([
      '/',
      bp.path,
      ak.path,
    ]);
    await database.write((tx) => tx.manager.update(Account, { id: gone.id }, { disabled: true }));
    expect(await holders('library.write', ak.path)).toEqual([
      { accountId: root.id, scopePath: '/' },
      { accountId: operator.id, scopePath: ak.path },
    ]);
    expect((await holders('library.write', ak1.path)).map(({ accountId }) => accountId)).toContain(below.id);
    expect(await holders('library.write', '/')).toEqual([{ accountId: root.id, scopePath: '/' }]);
    expect(await holders('nothing.such', ak.path)).toEqual([]);
    expect(await database.read((reader) => accounts.reachable(reader, [gone.id]))).toEqual([]);
  });

  it('a name is taken once, also when two ask at the same moment', async () => {
    await station.settle();
    const answers = await Promise.all([
      codeOf(someone('operator', 'ak')),
      codeOf(someone('monitor', 'ap')),
      codeOf(someone('monitor', 'ak')),
    ]);
    expect(answers.sort()).toEqual(['account.loginTaken', 'account.loginTaken', 'done']);
  });
});
