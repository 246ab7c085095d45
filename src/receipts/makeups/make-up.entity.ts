import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** A proposal that somebody accepted, whole or in part. The same sent again is this one. */
@Entity('make_up_acceptance')
export class MakeUpAcceptance {
  /** Hash of what was accepted. */
  @IdColumn() id!: string;
  @TextColumn() lineId!: string;
  @IntColumn() entries!: number;
  @TextColumn() acceptedBy!: string;
  @TextColumn() acceptedByName!: string;
  @MsColumn() acceptedAtMs!: number;
}

/** Marks an entry as a make-up play (phát bù) of a plan line. */
@Entity('make_up')
@Index(['lineId'])
@Index(['acceptanceId'])
export class MakeUp {
  @TextColumn({ primary: true }) entryId!: string;
  @TextColumn() acceptanceId!: string;
  @TextColumn() lineId!: string;
  @TextColumn() itemId!: string;
  @MsColumn() durationMs!: number;
}

/** The hamlets in which it counts: with its item the cells that it makes up for. */
@Entity('make_up_cell')
export class MakeUpCell {
  @TextColumn({ primary: true }) entryId!: string;
  @TextColumn({ primary: true }) hamletId!: string;
}
