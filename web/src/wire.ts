/** How the pages talk with the service. The session is a cookie that scripts never see. */

/** What the service says is wrong, in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    title: string,
    /** Stable, of the problem; null: none was said. */
    readonly code: string | null = null,
  ) {
    super(title);
  }
}

/** A silent network must show as one: without a limit a request may hang for minutes. */
const PATIENCE_MS = 15_000;

type Init = RequestInit & { headers?: Record<string, string> };

/** Every call rejects with `Refused` when the service says no, and with another error when it was not reached. */
export class Wire {
  constructor(readonly language: string) {}

  async logIn(login: string, password: string): Promise<void> {
    await this.send('/api/login', { login, password });
  }

  async setUp(person: {
    readonly code: string;
    readonly login: string;
    readonly password: string;
    readonly name: string;
  }): Promise<void> {
    await this.send('/api/setup', person);
  }

  async logOut(): Promise<void> {
    await this.request('/api/logout', { method: 'POST' });
  }

  async read<T>(path: string): Promise<T> {
    return (await (await this.request(path, { cache: 'no-store' })).json()) as T;
  }

  async sent<T>(path: string, body: object, headers: Record<string, string> = {}): Promise<T> {
    return (await (await this.send(path, body, headers)).json()) as T;
  }

  protected send(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  protected async request(path: string, init: Init = {}): Promise<Response> {
    const headers = { 'accept-language': this.language, ...init.headers };
    const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok || response.status === 304) return response;
    throw refusalOf(response.status, await response.text().catch(() => ''));
  }
}

/** @param body of the answer: problem+json, or what something on the way made of it */
export function refusalOf(status: number, body: string): Refused {
  const { title, code } = problemIn(body);
  return new Refused(status, title ?? String(status), code ?? null);
}

function problemIn(body: string): { readonly title?: string; readonly code?: string } {
  try {
    const problem: unknown = JSON.parse(body);
    return typeof problem === 'object' && problem !== null ? problem : {};
  } catch {
    return {};
  }
}
