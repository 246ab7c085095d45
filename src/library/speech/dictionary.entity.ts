import { Entity, Unique } from 'typeorm';
import { IdColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** How an area wants a word read: an abbreviation, a place, a name. Holds for everything below the area. */
@Entity('dictionary_entry')
@Unique(['areaId', 'written'])
export class DictionaryWord {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  /** As it stands in texts, NFC; case counts. */
  @TextColumn() written!: string;
  @TextColumn() said!: string;
  @TextColumn() changedBy!: string;
  /** Name as it was then. */
  @TextColumn() changedByName!: string;
  @MsColumn() changedAtMs!: number;
}
