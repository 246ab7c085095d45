import { Entity, Index } from 'typeorm';
import { BoolColumn, IdColumn, TextColumn } from '../platform/database/index.js';
import type { AreaKind } from './engine/tree.js';

/** An administrative unit. Units are never deleted: they end; successors come with mergers (later issue). */
@Entity('area')
export class Area {
  @IdColumn() id!: string;
  @TextColumn({ nullable: true }) parentId!: string | null;
  @TextColumn() kind!: AreaKind;
  /** Unique name in files, e.g. of the statistical list. */
  @Index({ unique: true }) @TextColumn() code!: string;
  @TextColumn() name!: string;
  @TextColumn() nameFolded!: string;
  /** `/…/parent/own/`: the condition of every right and of every list. */
  @Index({ unique: true }) @TextColumn() path!: string;
  /** Local days, both inclusive. */
  @TextColumn() validFrom!: string;
  @TextColumn({ nullable: true }) validTo!: string | null;
  @TextColumn({ nullable: true }) successorId!: string | null;
  @BoolColumn() speciallyDisadvantaged!: boolean;
  @BoolColumn() border!: boolean;
  @BoolColumn() ethnicMinority!: boolean;
}
