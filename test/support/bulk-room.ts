import { AccountService } from '../../src/accounts/index.js';
import type { ExportView } from '../../src/bulk/exports/export.api.js';
import type { ImportView, LineView, NewImport } from '../../src/bulk/imports/import.api.js';
import { ExportJob, ImportJob } from '../../src/bulk/index.js';
import type { Clock } from '../../src/platform/clock/index.js';
import type { Database } from '../../src/platform/database/index.js';
import { JobRunner } from '../../src/platform/jobs/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { everyTable, Station } from './station.js';

export type { ItemView } from '../../src/library/items/item.api.js';
/** Other rooms enter the library through its front door; specs that arrange its rows do it from here. */
export { Item, ItemVersion } from '../../src/library/items/item.entity.js';
export { wav } from '../../src/library/library.spec-support.js';
export { everyTable };

const PASSWORD = 'một mật khẩu đủ dài';
const PEOPLE = [
  ['tinh', 'contentOffice', 'bp'],
  ['hoa', 'operator', 'ak'],
  ['phu', 'operator', 'ap'],
  ['nam', 'approver', 'ak'],
] as const;
export type Login = (typeof PEOPLE)[number][0];

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A station behind a listening socket, its people logged in, and a runner of bulk jobs alone: sound is not made here. */
export class BulkRoom {
  readonly #tokens = new Map<Login, string>();

  private constructor(
    readonly station: Station,
    readonly runner: JobRunner,
  ) {}

  static async open(database: Database, { clock }: { readonly clock?: Clock } = {}): Promise<BulkRoom> {
    const station = await Station.open(database, { withHttp: true, ...(clock ? { clock } : {}) });
    await station.settle();
    const { platform } = station;
    const runner = new JobRunner({ ...platform, log: silentLog, pollMs: null, graceMs: 2_000 });
    station.get(ImportJob).register(runner);
    station.get(ExportJob).register(runner);
    await runner.start({ concurrency: 2 });
    const room = new BulkRoom(station, runner);
    const accounts = station.get(AccountService);
    for (const [login, role, area] of PEOPLE) {
      const grants = [{ role, areaId: (await station.area(area)).id }];
      await accounts.create(station.root, { login, password: PASSWORD, name: login, grants });
      const { body } = await room.#ask('POST', '/api/login', {}, { login, password: PASSWORD });
      room.#tokens.set(login, String(body.token));
    }
    return room;
  }

  headers(login: Login): { readonly authorization: string } {
    return { authorization: `Bearer ${this.#tokens.get(login)}` };
  }

  async as<T = Record<string, unknown>>(
    login: Login,
    method: string,
    path: string,
    sent?: unknown,
  ): Promise<Answer<T>> {
    return (await this.#ask(method, path, this.headers(login), sent)) as Answer<T>;
  }

  fetchAs(login: Login, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.station.http}${path}`, { headers: { ...headers, ...this.headers(login) } });
  }

  async #ask(method: string, path: string, headers: Record<string, string>, sent?: unknown): Promise<Answer> {
    const response = await fetch(`${this.station.http}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  async import(login: Login = 'hoa', area = 'ak', changes: Partial<NewImport> = {}): Promise<ImportView> {
    const areaId = (await this.station.area(area)).id;
    return (await this.as<ImportView>(login, 'POST', '/api/imports', { areaId, title: 'Nhập bài', ...changes })).body;
  }

  /** @param name as it is, or as the header is to have it when it begins with `raw:` */
  async upload(id: string, name: string, bytes: Uint8Array | string, login: Login = 'hoa'): Promise<Answer<LineView>> {
    const header = name.startsWith('raw:') ? name.slice(4) : encodeURIComponent(name);
    const response = await fetch(`${this.station.http}/api/imports/${id}/files`, {
      method: 'POST',
      headers: { ...this.headers(login), 'content-type': 'application/octet-stream', 'x-file-name': header },
      body: new Uint8Array(Buffer.from(bytes)),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as LineView };
  }

  async start(id: string, login: Login = 'hoa'): Promise<ImportView> {
    return (await this.as<ImportView>(login, 'POST', `/api/imports/${id}/start`)).body;
  }

  async look(id: string, login: Login = 'hoa'): Promise<ImportView> {
    return (await this.as<ImportView>(login, 'GET', `/api/imports/${id}`)).body;
  }

  async lines(id: string, login: Login = 'hoa'): Promise<LineView[]> {
    return (await this.as<LineView[]>(login, 'GET', `/api/imports/${id}/lines?limit=200`)).body;
  }

  /** Uploads, begins, and waits for the end. */
  async imported(
    files: Readonly<Record<string, Uint8Array | string>>,
    { login = 'hoa', area = 'ak', changes = {} }: { login?: Login; area?: string; changes?: Partial<NewImport> } = {},
  ): Promise<{ readonly view: ImportView; readonly lines: LineView[] }> {
    const { id } = await this.import(login, area, changes);
    for (const [name, bytes] of Object.entries(files)) await this.upload(id, name, bytes, login);
    await this.start(id, login);
    await this.runner.idle();
    return { view: await this.look(id, login), lines: await this.lines(id, login) };
  }

  async exported(login: Login, area: string, changes: object = {}): Promise<ExportView> {
    const areaId = (await this.station.area(area)).id;
    const { id } = (await this.as<ExportView>(login, 'POST', '/api/exports', { areaId, ...changes })).body;
    await this.runner.idle();
    return (await this.as<ExportView>(login, 'GET', `/api/exports/${id}`)).body;
  }

  async close(): Promise<void> {
    await this.runner.stop();
    await this.station.close();
  }
}

/** What a person reads of lines: name, state, why. */
export const told = (lines: readonly LineView[]) =>
  lines.map(({ name, state, problem }) => [name, state, problem?.code ?? null]);
