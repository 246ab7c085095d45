import { Entity } from 'typeorm';
import { IdColumn, TextColumn } from './columns.js';

/** What is true of this database for as long as it lives. */
@Entity('installation')
export class InstallationEntity {
  @IdColumn()
  key!: string;

  @TextColumn()
  value!: string;
}
