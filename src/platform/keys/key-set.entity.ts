import { Entity } from 'typeorm';
import { MsColumn, TextColumn } from '../database/index.js';

/** A key set as devices had it. Rows are added and never changed, but for the moment of their first publication. */
@Entity('key_set')
export class KeySetRow {
  @MsColumn({ primary: true }) version!: number;
  /** The letters that the root key signed. */
  @TextColumn() signed!: string;
  /** When the service started with it for the first time. */
  @MsColumn() takenAtMs!: number;
  /** When it was first retained on the broker. */
  @MsColumn({ nullable: true }) publishedAtMs!: number | null;
}
