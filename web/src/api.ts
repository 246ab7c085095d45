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

export type PlayOutcome = 'complete' | 'partial' | 'notPlayed' | 'unknown';
interface Coded {
  readonly code: string;
  readonly words: { readonly vi: string; readonly en: string };
}

export interface Receipt {
  readonly controllerId: string;
  readonly boot: number;
  readonly seq: number;
  readonly states: 'complete' | 'partial' | 'notPlayed';
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly playedMs: number;
  readonly volume: number;
  readonly planned: { readonly startMs: number; readonly durationMs: number; readonly volume: number };
  readonly clock: {
    readonly trust: 'trusted' | 'coasting' | 'untrusted';
    readonly errorMs: number | null;
    readonly corrected: boolean;
  };
  readonly receivedAtMs: number;
  readonly backfill: boolean;
  readonly deviations: readonly Coded[];
  readonly text: string;
  readonly sha256: string;
  readonly proof: {
    readonly leaf: number | null;
    readonly checkpoint: { readonly size: number; readonly signedAtMs: number; readonly address: string } | null;
    readonly inclusion: string | null;
  };
}

export interface CellPlay {
  readonly id: string;
  readonly clusterId: string;
  readonly controllerId: string;
  readonly startMs: number;
  readonly outcome: PlayOutcome;
  readonly grade: 'sent' | 'received' | 'verified' | 'started' | 'completed' | 'sensed' | 'heard';
  readonly why: Coded | null;
  readonly lastHeardAtMs: number | null;
  readonly followedFormer: boolean;
  readonly receiptId: string | null;
  readonly receipt: Receipt | null;
  /** The file that holds it now. */
  readonly archive: string | null;
}

/** One cell, down to its receipts. */
export interface OpenCell extends Pick<Coverage, 'line' | 'plan' | 'demo'> {
  readonly rule: {
    readonly plays: number;
    readonly clusters: 'all' | 'any';
    readonly leastGrade: 'completed' | 'sensed' | 'heard';
  };
  readonly period: { readonly from: string; readonly to: string };
  readonly item: { readonly id: string; readonly title: string };
  readonly hamlet: { readonly id: string; readonly name: string; readonly communeName: string };
  readonly state: CellState;
  readonly completeClusters: number;
  readonly clusters: readonly {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly reach: 'horn' | 'transmitter';
    readonly state: CellState;
    readonly served: readonly { readonly from: string; readonly to: string }[];
    readonly counts: Readonly<Record<PlayOutcome, number>>;
  }[];
  readonly plays: readonly CellPlay[];
  readonly confirmations: readonly {
    readonly startMs: number;
    readonly kind: 'head' | 'telephone';
    readonly answer: 'clear' | 'unclear' | 'notHeard';
    readonly atMs: number;
    readonly byName: string;
    readonly toldBy: string | null;
    readonly contradiction: 'playedNotHeard' | 'heardNotPlayed' | null;
  }[];
  readonly declarations: readonly {
    readonly id: string;
    readonly day: string;
    readonly means: 'portableLoudspeaker' | 'other';
    readonly person: string;
    readonly note: string;
    readonly enteredByName: string;
    readonly photoAddress: string;
  }[];
}

export interface CellPage {
  readonly cell: OpenCell;
  /** Address of the plays before; null: there are none. */
  readonly next: string | null;
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

  cell(lineId: string, itemId: string, hamletId: string): Promise<CellPage> {
    return this.cellAt(`/api/plan-lines/${[lineId, 'coverage', itemId, hamletId].map(encodeURIComponent).join('/')}`);
  }

  /** @param address of a page, as the page before gave it */
  async cellAt(address: string): Promise<CellPage> {
    const response = await this.request(address, { cache: 'no-store' });
    const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
    return { cell: (await response.json()) as OpenCell, next };
  }
}
