/** The parts of the service's API that the page reads, and how it reads them. The session is a cookie that scripts never see. */
export type CellState = 'complete' | 'partial' | 'notPlayed' | 'unknown' | 'notPlanned';
export const CELL_STATES: readonly CellState[] = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'];

export interface Plan {
  readonly id: string;
  readonly number: string;
  readonly lines: readonly { readonly id: string; readonly kind: string; readonly title: string }[];
}

export interface Coverage {
  readonly line: {
    readonly id: string;
    readonly title: string;
    readonly criterion: 'produced' | 'playedEveryCommune' | 'playedEveryHamlet';
    readonly target: number;
    readonly unit: string;
  };
  readonly plan: {
    readonly number: string;
    readonly title: string;
    readonly periodFrom: string;
    readonly periodTo: string;
    readonly note: string;
  };
  readonly demo: boolean;
  readonly items: readonly { readonly id: string; readonly title: string }[];
  readonly hamlets: readonly {
    readonly id: string;
    readonly name: string;
    readonly communeId: string;
    readonly communeName: string;
  }[];
  readonly cells: readonly (readonly CellState[])[];
  readonly counts: Readonly<Record<CellState, number>>;
  readonly required: number;
  readonly reached: number;
  readonly done: boolean;
  readonly missing: readonly {
    readonly item: string;
    readonly hamlet: string;
    readonly commune: string;
    readonly state: CellState;
  }[];
}

/** What the service says is wrong, in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    title: string,
  ) {
    super(title);
  }
}

/** A silent network must show as one: without a limit a request may hang for minutes. */
const PATIENCE_MS = 15_000;

/** Every call rejects with `Refused` when the service says no, and with another error when it was not reached. */
export class Api {
  constructor(private readonly language: string) {}

  async logIn(login: string, password: string): Promise<void> {
    await this.#send('/api/login', { login, password });
  }

  async setUp(person: {
    readonly code: string;
    readonly login: string;
    readonly password: string;
    readonly name: string;
  }): Promise<void> {
    await this.#send('/api/setup', person);
  }

  async logOut(): Promise<void> {
    await this.#request('/api/logout', { method: 'POST' });
  }

  async plans(): Promise<readonly Plan[]> {
    return (await (await this.#request('/api/plans')).json()) as Plan[];
  }

  /** Null when the answer still is the one that `tag` names. */
  async coverage(lineId: string, tag: string | null): Promise<{ coverage: Coverage; tag: string | null } | null> {
    const response = await this.#request(`/api/plan-lines/${encodeURIComponent(lineId)}/coverage`, {
      headers: tag ? { 'if-none-match': tag } : {},
      cache: 'no-store',
    });
    if (response.status === 304) return null;
    return { coverage: (await response.json()) as Coverage, tag: response.headers.get('etag') };
  }

  #send(path: string, body: object): Promise<Response> {
    return this.#request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #request(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
    const headers = { 'accept-language': this.language, ...init.headers };
    const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok || response.status === 304) return response;
    const problem = (await response.json().catch(() => ({}))) as { title?: string };
    throw new Refused(response.status, problem.title ?? String(response.status));
  }
}
