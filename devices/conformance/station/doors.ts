import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SeenLog } from './heard-log.js';
import { type Shelf, turned } from './shelf.js';

export interface Pulled {
  readonly sha256: string;
  /** First byte that was asked for. */
  readonly from: number;
  readonly status: number;
  readonly atMs: number;
}

/** What a POST is answered with; `drop`: the connection breaks after the question was taken. */
export type Answer = { readonly status: number; readonly body: unknown } | 'drop';

const MOST_BYTES = 65_536;

/** A line that breaks leaves time to keep what came over it: an HTTP client throws away what it has not handed on yet. */
const BREAKS_AFTER_MS = 500;

/** The HTTP side: whatever is posted under `/api/device/v1/`, the plan, and assets with Range. */
export class Doors {
  readonly pulled = new SeenLog<Pulled>();
  #server: Server | null = null;

  constructor(
    private readonly shelf: Shelf,
    private readonly knows: (user: string, password: string) => boolean,
    private readonly post: (name: string, body: unknown) => Answer,
    private readonly plan: () => unknown,
    private readonly now: () => number,
  ) {}

  async start(host: string, port: number): Promise<number> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server = server;
    await new Promise<void>((listening, fail) => server.once('error', fail).listen(port, host, listening));
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, rest] = /^\/api\/device\/v1\/([a-z]+)(?:\/([^/?]+))?$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST' && kind && rest === undefined) {
      const answer = this.post(kind, await bodyOf(request));
      if (answer === 'drop') return void response.destroy();
      return say(response, answer.status, answer.body);
    }
    if (request.method !== 'GET') return say(response, 404, problem('http.notFound', 'There is nothing here'));
    const [, user = '', password = ''] =
      /^Bearer ([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!this.knows(user, password)) return say(response, 401, problem('auth.needed', 'Bearer DEVICE.TOKEN is needed'));
    if (kind === 'plan' && rest === undefined) return say(response, 200, this.plan());
    if (kind === 'assets' && rest) return this.#pull(rest, request, response);
    return say(response, 404, problem('http.notFound', 'There is nothing here'));
  }

  #pull(sha256: string, request: IncomingMessage, response: ServerResponse): void {
    const asset = this.shelf.find(sha256);
    const fault = this.shelf.faultOf(sha256);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const from = range ? Number(range[1]) : 0;
    const note = (status: number) => this.pulled.add({ sha256, from, status, atMs: this.now() });
    if (!asset || fault.withheld) {
      note(404);
      return say(response, 404, problem('asset.unknown', 'No such asset yet'));
    }
    const { bytes } = asset;
    const until = range?.[2] ? Math.min(bytes.length, Number(range[2]) + 1) : bytes.length;
    if (from >= until) {
      note(416);
      return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    }
    const status = range ? 206 : 200;
    note(status);
    response.writeHead(status, {
      etag: `"${sha256}"`,
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      'content-length': until - from,
      ...(range ? { 'content-range': `bytes ${from}-${until - 1}/${bytes.length}` } : {}),
    });
    const asked = bytes.subarray(from, until);
    if (fault.lacks) {
      // Half of it, then nothing: what came must count.
      const half = Math.max(0, Math.ceil(bytes.length / 2) - from);
      return void response.write(asked.subarray(0, half), () => setTimeout(() => response.destroy(), BREAKS_AFTER_MS));
    }
    response.end(fault.corrupts === undefined ? asked : turned(asked));
  }
}

export const problem = (code: string, title: string) => ({ type: 'about:blank', code, title });

function say(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return null;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
