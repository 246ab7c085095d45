import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { Entry } from '../entries/entry.entity.js';

/** An entry as it was and as it became; `before` null: it was made. */
export interface EntryChange {
  readonly before: Entry | null;
  readonly after: Entry;
}

/** One act by which the schedule changed. Kept, so that the last one can be taken back. */
@Entity('publication')
@Index(['areaPath'])
export class Publication {
  @IdColumn() id!: string;
  /** The narrowest area that covers all entries of it. */
  @TextColumn() areaPath!: string;
  @JsonColumn<readonly EntryChange[]>() changes!: readonly EntryChange[];
  @TextColumn() byId!: string;
  /** Name as it was then. */
  @TextColumn() byName!: string;
  @MsColumn() atMs!: number;
  /** The publication that took this one back; null: none. */
  @TextColumn({ nullable: true }) undoneById!: string | null;
  /** The publication that this one takes back; null: it takes none back. */
  @TextColumn({ nullable: true }) undoesId!: string | null;
}

/** Which publications an entry was changed by. */
@Entity('publication_entry')
@Index(['entryId'])
export class PublicationEntry {
  @TextColumn({ primary: true }) publicationId!: string;
  @TextColumn({ primary: true }) entryId!: string;
}
