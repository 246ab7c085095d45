import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { AccountService } from '../../src/accounts/index.js';
import type { Database } from '../../src/platform/database/index.js';
import { type Log, silentLog } from '../../src/platform/logging/index.js';
import { type ReceivedView, receivedView, type SentRequestBody } from '../../src/requests/intake/public.api.js';
import { type IssuedLink, issuedLink, type NewLink } from '../../src/requests/links/request-link.api.js';
import { Station } from './station.js';

const PASSWORD = 'một mật khẩu đủ dài';
const PEOPLE = [
  ['hoa', 'operator', 'ak'],
  ['lan', 'operator', 'ak'],
  ['nam', 'approver', 'ak'],
  ['phu', 'operator', 'ap'],
  ['tho', 'technician', 'ak'],
] as const;
export type Login = (typeof PEOPLE)[number][0];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A commune station behind a listening socket, its people logged in, and senders who have no account. */
export class RequestRoom {
  readonly #tokens = new Map<Login, string>();

  private constructor(readonly station: Station) {}

  static async open(database: Database, log: Log = silentLog): Promise<RequestRoom> {
    const station = await Station.open(database, { withHttp: true, log });
    await station.settle();
    const room = new RequestRoom(station);
    const accounts = station.get(AccountService);
    for (const [login, role, area] of PEOPLE) {
      const grants = [{ role, areaId: (await station.area(area)).id }];
      await accounts.create(station.root, { login, password: PASSWORD, name: login, grants });
      await room.#logIn(login);
    }
    return room;
  }

  async ask(
    method: string,
    path: string,
    { sent, headers = {} }: { readonly sent?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.station.http}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }

  /** As somebody who is logged in, and logs in again after the day that a spec let pass. */
  async as(login: Login, method: string, path: string, sent?: unknown): Promise<Answer> {
    const once = () =>
      this.ask(method, path, { sent, headers: { authorization: `Bearer ${this.#tokens.get(login)}` } });
    const answer = await once();
    if (answer.status !== 401) return answer;
    await this.#logIn(login);
    return once();
  }

  fetchAs(login: Login, path: string): Promise<Response> {
    return fetch(`${this.station.http}${path}`, { headers: { authorization: `Bearer ${this.#tokens.get(login)}` } });
  }

  async link(changes: Partial<NewLink> & { readonly area?: string } = {}): Promise<IssuedLink & { token: string }> {
    const { area = 'ak', ...wanted } = changes;
    const areaId = (await this.station.area(area)).id;
    const sent = { areaId, senderKind: 'police', senderName: 'Công an xã An Khương', ...wanted };
    const issued = issuedLink.parse((await this.as('hoa', 'POST', '/api/request-links', sent)).body);
    return { ...issued, token: tokenOf(issued.address) };
  }

  send(token: string, sent: object, key: string = randomUUID()) {
    return this.ask('POST', `/api/public/requests/${token}`, { sent, headers: { 'x-request-key': key } });
  }

  async received(token: string, sent: Partial<SentRequestBody>): Promise<ReceivedView> {
    return receivedView.parse((await this.send(token, sent)).body);
  }

  /** A file as the whole body. @param name as the header has it; undefined: no header */
  async upload(
    token: string,
    body: Uint8Array,
    type: string,
    name?: string,
    place: 'requests' | 'recordings' = 'requests',
  ): Promise<Answer> {
    const path = `/api/public/${place}/${token}${place === 'requests' ? '/files' : ''}`;
    const headers = { 'content-type': type, ...(name === undefined ? {} : { 'x-file-name': name }) };
    const response = await fetch(`${this.station.http}${path}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  /** The id of a voice that came by this link. */
  async voice(token: string): Promise<string> {
    return String((await this.upload(token, VOICE, 'audio/wav', 'ghi-am.wav')).body.id);
  }

  /** Sends pieces without an end until the service answers; undefined headers mean that it never did. */
  pour(
    path: string,
    headers: OutgoingHttpHeaders,
    piece: Uint8Array,
    pieces: number,
  ): Promise<{ readonly status: number | undefined; readonly headers: IncomingHttpHeaders }> {
    return new Promise((resolve, reject) => {
      const sending = httpRequest(`${this.station.http}${path}`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, headers: answer.headers });
        sending.destroy();
      });
      sending.on('error', reject);
      let left = pieces;
      const more = () => {
        while (left-- > 0) if (!sending.write(piece)) return;
      };
      sending.on('drain', more);
      more();
    });
  }

  async #logIn(login: Login): Promise<void> {
    const { body } = await this.ask('POST', '/api/login', { sent: { login, password: PASSWORD } });
    this.#tokens.set(login, String(body.token));
  }

  close(): Promise<void> {
    return this.station.close();
  }
}

export const tokenOf = (address: string): string => address.split('/').at(-1) ?? '';

/** Begins as a WAV file does; what sounds is not what these specs are about. */
export const VOICE = Buffer.concat([Buffer.from('RIFF\x24\x08\0\0WAVEfmt ', 'latin1'), Buffer.alloc(3_000, 7)]);
