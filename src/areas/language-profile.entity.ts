import { Entity } from 'typeorm';
import { IdColumn, JsonColumn, TextColumn } from '../platform/database/index.js';

/** The languages in which a commune or a hamlet is addressed. No row: a hamlet follows its commune. */
@Entity('language_profile')
export class LanguageProfile {
  @IdColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  /** BCP 47, as items of the library state it; the first is spoken first. Never empty. */
  @JsonColumn<readonly string[]>() languages!: readonly string[];
}
