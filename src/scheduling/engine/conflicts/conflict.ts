import type { Words } from '../why/index.js';
import type { ConflictCode, Severity } from './codes.js';
import type { Solution } from './solutions.js';

/** What becomes of an occurrence if nothing is done. `unforeseen`: a stream, or what a board shows, whose course the contract does not fix. */
export type Happening = 'plays' | 'waits' | 'cut' | 'interrupted' | 'skipped' | 'lowered' | 'unforeseen';

export interface FateAhead {
  readonly occurrence: string;
  readonly happens: Happening;
  /** When it will begin; null: never, or not known. UTC epoch ms. */
  readonly startsMs: number | null;
}

export interface Conflict extends Words {
  /** The same for the same conflict in every list. */
  readonly key: string;
  readonly code: ConflictCode;
  readonly severity: Severity;
  /** Ids, each once; listeners ascending. */
  readonly entryIds: readonly string[];
  readonly occurrences: readonly string[];
  readonly itemIds: readonly string[];
  readonly listenerIds: readonly string[];
  /** UTC epoch ms, half-open. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly ifNothing: Words & { readonly fates: readonly FateAhead[] };
  /** Of a clash that waits: until when a person may decide, and who goes first if nobody does. */
  readonly decision?: { readonly key: string; readonly deadlineMs: number; readonly byDefault: string };
  /** The gentlest first; those that change the schedule were tried out. */
  readonly solutions: readonly Solution[];
}

export interface ConflictList {
  /** By start, then the gravest first. */
  readonly conflicts: readonly Conflict[];
  /** How many more there are. */
  readonly leftOut: number;
}

/** A conflict of which only what it takes to sort it is worked out. */
export interface Draft extends Pick<Conflict, 'key' | 'code' | 'severity' | 'fromMs' | 'listenerIds'> {
  readonly finish: () => Omit<Conflict, 'key' | 'code' | 'severity' | 'fromMs' | 'listenerIds'>;
}
