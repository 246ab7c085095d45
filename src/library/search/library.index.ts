import type { EntityManager } from 'typeorm';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Status } from '../engine/approval.js';
import type { AudioState } from '../items/item.entity.js';
import type { Match, Term } from './engine/query.js';

/** What is looked for. Whose rights allow it is decided before. */
export interface Question {
  /** `current`: the newest versions; `approved`: those on air, as they were approved. */
  readonly of: 'current' | 'approved';
  /** All must hold. */
  readonly facets: readonly Match[];
  readonly terms: readonly Term[];
  /** Of the version. */
  readonly status: Status | null;
  readonly audioState: AudioState | null;
  /** UTC epoch ms; `before` excluded. */
  readonly createdFromMs: number | null;
  readonly createdBeforeMs: number | null;
  /** A local day on which the version is valid. */
  readonly validOn: string | null;
  readonly limit: number;
  /** Only what comes behind it. */
  readonly after: Position | null;
}

/** Where an item stands in an answer. Items that are added or changed meanwhile move no other. */
export interface Position {
  readonly tier: number;
  /** The index's own. */
  readonly place: readonly (number | string)[];
}

export interface Hit {
  readonly itemId: string;
  readonly version: number;
  readonly position: Position;
}

/**
 * Finds versions of content by words and facets. Nobody else knows how. It holds the current and the approved version of
 * each item; what changes without a new version (status, audio, what is approved) it reads where it stands.
 */
export abstract class LibraryIndex {
  /** Takes up what the transaction has changed: a new version, another plan line. */
  abstract update(tx: WriteTransaction, itemId: string): Promise<void>;

  /** Begins anew, from the items. @returns the number of items */
  abstract rebuild(writer: EntityManager): Promise<number>;

  /** The best first: by tier of the words, then the newest. @throws library.cursorUnknown for a position it never gave */
  abstract find(reader: EntityManager, question: Question): Promise<Hit[]>;
}
