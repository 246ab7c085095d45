import { Wire } from '../wire.js';

export const ANSWERS = ['clear', 'unclear', 'notHeard'] as const;
export type Answer = (typeof ANSWERS)[number];

/** The parts of the service's API that the page of a hamlet head reads. */
export interface AskedSession {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly items: readonly { readonly title: string; readonly startMs: number }[];
  readonly answer: Answer | null;
  readonly answeredAtMs: number | null;
  readonly correctableUntilMs: number | null;
  readonly seen: number;
}

export interface Hearing {
  readonly headName: string;
  readonly hamletName: string;
  readonly communeName: string;
  readonly validUntilMs: number;
  readonly served: boolean;
  readonly runningUntilMs: number | null;
  readonly sessions: readonly AskedSession[];
}

export class HearApi extends Wire {
  readonly #path: string;

  constructor(language: string, token: string) {
    super(language);
    this.#path = `/api/public/hearings/${encodeURIComponent(token)}`;
  }

  hearing(): Promise<Hearing> {
    return this.read(this.#path);
  }

  answer({ id, seen }: AskedSession, answer: Answer): Promise<AskedSession> {
    return this.sent(`${this.#path}/sessions/${encodeURIComponent(id)}`, { answer, seen });
  }
}
