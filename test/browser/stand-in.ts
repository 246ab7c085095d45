import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PlanView, planView } from '../../src/plans/plan.api.js';
import { CELL_STATES, type CellState, DEFAULT_RULE, progressOf } from '../../src/receipts/engine/cells.js';
import { cellView } from '../../src/receipts/matrix/cell.api.js';
import { type CoverageView, coverageView } from '../../src/receipts/matrix/coverage.api.js';
import { cellOf } from './stand-in-cell.js';

export const PERSON = { login: 'can-bo', password: 'mat-khau-du-dai' };
export const SETUP_CODE = 'ABCD-EFGH';
export const HOSTILE = '<script>alert(1)</script> "nước sạch" & <img src=x onerror=alert(2)> vệ sinh';

const COMMUNES: readonly (readonly [name: string, hamlets: number])[] = [
  ['Xã An Khương', 7],
  ['Xã An Phú', 6],
  ['Xã Đồng Nơ', 6],
  ['Xã Minh Đức', 8],
  ['Xã Minh Tâm', 6],
  ['Xã Phước An', 11],
  ['Xã Tân Hiệp', 10],
  ['Xã Tân Hưng', 9],
  ['Xã Tân Lợi', 8],
  ['Xã Tân Quan', 7],
  ['Xã Thanh An', 11],
  ['Xã Thanh Bình', 6],
];
const SUBJECTS = [
  HOSTILE,
  'Chính sách hỗ trợ nhà ở cho hộ nghèo, hộ cận nghèo trên địa bàn các xã đặc biệt khó khăn',
  'Vay vốn Ngân hàng Chính sách xã hội',
  'Bảo hiểm y tế cho hộ mới thoát nghèo',
  'Gương người tốt: chị Điểu Thị Hoa thoát nghèo nhờ nuôi dê',
];
const HEADERS = {
  'content-security-policy':
    "default-src 'self';object-src 'none';base-uri 'none';frame-ancestors 'none';img-src 'self' data:",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** The real page over answers of the real shape, with states that a spec sets: 20 scripts × 95 hamlets. */
export class StandIn {
  /** Status of every answer about coverage, in order. */
  readonly answers: number[] = [];
  readonly items = Array.from({ length: 20 }, (_, i) => ({
    id: `item-${i + 1}`,
    title: SUBJECTS[i] ?? `Chuyên đề giảm nghèo bền vững số ${i + 1}`,
    language: 'vi',
  }));
  readonly hamlets = COMMUNES.flatMap(([communeName, count], c) =>
    Array.from({ length: count }, (_, h) => ({
      id: `hamlet-${c}-${h}`,
      name: c === 0 && h === count - 1 ? 'Sóc Bù Dinh' : `Ấp ${h + 1}`,
      communeId: `commune-${c}`,
      communeName,
      clusters: 1,
      byTransmitter: false,
    })),
  );
  #cells: CellState[][] = this.items.map(() => this.hamlets.map(() => 'unknown'));
  #sessions = new Set<string>();
  #fault: string | null = null;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((closed) => this.#server.close(() => closed()));
  }

  paint(stateOf: (row: number, column: number) => CellState): void {
    this.#cells = this.items.map((_, row) => this.hamlets.map((_, column) => stateOf(row, column)));
  }

  /** A district in the middle of its work: most is played, and every state is there. */
  paintMixed(): void {
    const next = seeded(288);
    this.paint(() => {
      const share = next();
      if (share < 0.78) return 'complete';
      if (share < 0.84) return 'partial';
      if (share < 0.87) return 'notPlayed';
      return share < 0.96 ? 'unknown' : 'notPlanned';
    });
  }

  set(row: number, column: number, state: CellState): void {
    this.#cells = this.#cells.map((cells, r) => cells.map((cell, c) => (r === row && c === column ? state : cell)));
  }

  endSessions(): void {
    this.#sessions.clear();
  }

  /** Until null, the service refuses coverage with this title. */
  fail(title: string | null): void {
    this.#fault = title;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const file = /^\/web\/([a-z]+\.(js|css))$/.exec(path);
    if (path === '/') return send(response, 200, 'text/html; charset=utf-8', page('web/coverage.html'));
    if (file?.[2] === 'css') return send(response, 200, 'text/css; charset=utf-8', page(`web/${file[1]}`));
    if (file) return send(response, 200, 'text/javascript; charset=utf-8', page(`dist/web/${file[1]}`));
    if (path === '/api/login') {
      const { login, password } = (await bodyOf(request)) as Record<string, string>;
      if (login !== PERSON.login || password !== PERSON.password)
        return problem(response, 401, 'Tên đăng nhập hoặc mật khẩu chưa đúng.');
      const token = `s${Math.random()}`;
      this.#sessions.add(token);
      response.setHeader('set-cookie', `vang_session=${token}; HttpOnly; SameSite=Strict; Path=/`);
      return json(response, 200, { token, expiresAtMs: Date.now() + 3_600_000, account: {} });
    }
    if (path === '/api/setup') {
      const { code, ...person } = (await bodyOf(request)) as Record<string, string>;
      if (code !== SETUP_CODE) return problem(response, 403, 'Mã khởi tạo chưa đúng.');
      return json(response, 201, { id: 'account-1', login: person.login, name: person.name, grants: [] });
    }
    const token = /vang_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (!this.#sessions.has(token)) return problem(response, 401, 'Cần đăng nhập để tiếp tục.');
    if (path === '/api/logout') {
      this.#sessions.delete(token);
      return send(response, 204, 'application/json', '');
    }
    if (path === '/api/plans') return json(response, 200, [planOf()]);
    const [, item, hamlet] = /^\/api\/plan-lines\/scripts\/coverage\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    if (item && hamlet) return this.#cell(item, hamlet, request.url?.includes('cursor=') ?? false, response);
    const line = /^\/api\/plan-lines\/([^/]+)\/coverage$/.exec(path)?.[1];
    if (!line) return problem(response, 404, 'Không có địa chỉ này.');
    const text = JSON.stringify(coverageView.parse(this.#coverage(decodeURIComponent(line))));
    const tag = `"${createHash('sha256').update(text).digest('base64url')}"`;
    const status = this.#fault ? 503 : request.headers['if-none-match'] === tag ? 304 : 200;
    this.answers.push(status);
    if (this.#fault) return problem(response, 503, this.#fault);
    response.setHeader('etag', tag);
    send(response, status, 'application/json; charset=utf-8', status === 304 ? '' : text);
  }

  #cell(itemId: string, hamletId: string, isSecondPage: boolean, response: ServerResponse): void {
    const coverage = this.#coverage('scripts');
    const row = this.items.findIndex(({ id }) => id === itemId);
    const column = this.hamlets.findIndex(({ id }) => id === hamletId);
    const [item, hamlet, state] = [this.items[row], this.hamlets[column], this.#cells[row]?.[column]];
    if (!item || !hamlet || !state) return problem(response, 404, 'Chỉ tiêu này không có ô của bài và ấp đó.');
    const next = `/api/plan-lines/scripts/coverage/${itemId}/${hamletId}?cursor=1`;
    if (!isSecondPage) response.setHeader('link', `<${next}>; rel="next"`);
    json(response, 200, cellView.parse(cellOf(coverage, { item, hamlet, state }, isSecondPage)));
  }

  #coverage(lineId: string): CoverageView {
    const plan = planOf();
    const line = plan.lines.find(({ id }) => id === lineId);
    if (!line) throw new Error(`no line ${lineId}`);
    const items = line.kind === 'radioScript' ? this.items : [];
    const cells = items.length > 0 ? this.#cells : [];
    const flat = cells.flat();
    const { id, title, criterion, target, unit } = line;
    return {
      line: { id, title, criterion, target, unit },
      plan: {
        number: plan.number,
        title: plan.title,
        periodFrom: plan.periodFrom,
        periodTo: plan.periodTo,
        note: plan.note,
      },
      period: { from: plan.periodFrom, to: plan.periodTo },
      rule: DEFAULT_RULE,
      demo: true,
      items,
      hamlets: this.hamlets,
      cells,
      completeClusters: cells.map((row) => row.map((state) => (state === 'complete' ? 1 : 0))),
      counts: Object.fromEntries(
        CELL_STATES.map((state) => [state, flat.filter((cell) => cell === state).length]),
      ) as CoverageView['counts'],
      ...progressOf(line.criterion, line.target, items.length, cells, this.hamlets),
      missing: this.#missing(items).slice(0, 50),
      declared: [],
      neverReached: [],
    };
  }

  #missing(items: readonly { readonly title: string }[]): CoverageView['missing'] {
    return items.flatMap(({ title }, row) =>
      this.hamlets.flatMap(({ name, communeName }, column) => {
        const state = this.#cells[row]?.[column] ?? 'unknown';
        return state === 'complete' ? [] : [{ item: title, hamlet: name, commune: communeName, state }];
      }),
    );
  }
}

/** The same numbers for the same seed, so that a picture shows the same page on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const planOf = (): PlanView =>
  planView.parse({
    id: 'plan-1',
    areaId: 'district',
    number: '288/KH-UBND',
    title:
      'Kế hoạch triển khai thực hiện truyền thông và giảm nghèo thông tin thuộc Chương trình mục tiêu quốc gia giảm nghèo bền vững năm 2023 trên địa bàn huyện',
    issuer: 'UBND huyện Hớn Quản',
    issuedOn: '2023-10-26',
    periodFrom: '2026-10-26',
    periodTo: '2026-12-31',
    note: 'Ngày tháng đã được dời để tập dượt; kế hoạch gốc: 26/10/2023 – 31/12/2023.',
    lines: [
      ['leaflets', 'leaflet', '10.000 tờ rơi tuyên truyền', 10_000, 'tờ', 'produced'],
      ['scripts', 'radioScript', '20 bài viết truyền thanh', 20, 'bài', 'playedEveryHamlet'],
    ].map(([id, kind, title, target, unit, criterion]) => ({
      ...{ id, kind, title, target, unit, criterion },
      ...{ plays: 1, clusters: 'all', leastGrade: 'completed', languages: null },
    })),
  });

const page = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type }).end(body);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, title: string): void {
  send(response, status, 'application/problem+json', JSON.stringify({ type: 'about:blank', title, status }));
}
