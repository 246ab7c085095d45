import { Wire } from './wire.js';

/** The parts of the service's API that the coverage page reads. */
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
    /** What a transmitter plays is đưa tới máy phát, no more: such a hamlet's cells are partial at most. */
    readonly byTransmitter: boolean;
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

/** What the page asks beside the login. */
export class Api extends Wire {
  async plans(): Promise<readonly Plan[]> {
    return (await (await this.request('/api/plans')).json()) as Plan[];
  }

  /** Null when the answer still is the one that `tag` names. */
  async coverage(lineId: string, tag: string | null): Promise<{ coverage: Coverage; tag: string | null } | null> {
    const response = await this.request(`/api/plan-lines/${encodeURIComponent(lineId)}/coverage`, {
      headers: tag ? { 'if-none-match': tag } : {},
      cache: 'no-store',
    });
    if (response.status === 304) return null;
    return { coverage: (await response.json()) as Coverage, tag: response.headers.get('etag') };
  }
}
