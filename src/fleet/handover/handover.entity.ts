import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, RealColumn, TextColumn } from '../../platform/database/index.js';
import type { TestTone } from '../engine/handover-form.js';

/** Nghiệm thu lắp đặt: that a box was installed, where, by whom, and that it sounded. Never changed afterwards. */
@Entity('handover')
@Index(['clusterId'])
export class Handover {
  /** Made by the technician's telephone, so that sending it again changes nothing. */
  @IdColumn() id!: string;
  @TextColumn() boxId!: string;
  @TextColumn() clusterId!: string;
  @TextColumn() technicianId!: string;
  @TextColumn() technicianName!: string;
  @RealColumn() latitude!: number;
  @RealColumn() longitude!: number;
  @RealColumn({ nullable: true }) accuracyM!: number | null;
  /** The command of the quiet test tone, which this box says that it obeyed; null: with another word than `heard`. */
  @TextColumn({ nullable: true }) testToneCommand!: string | null;
  @TextColumn() testTone!: TestTone;
  @TextColumn() signedName!: string;
  @TextColumn({ nullable: true }) signatureSha256!: string | null;
  @TextColumn() note!: string;
  /** When the form was signed, by the telephone's clock; when it came here. */
  @MsColumn() signedAtMs!: number;
  @MsColumn() receivedAtMs!: number;
  /** Of what was sent: the same key with other content is refused. */
  @TextColumn() contentSha256!: string;
  @JsonColumn<readonly string[]>() photoIds!: readonly string[];
}

/** A picture or a drawn signature that is here before its form. */
@Entity('handover_file')
@Index(['receivedAtMs'])
export class HandoverFile {
  @TextColumn({ primary: true }) handoverId!: string;
  /** `photo-1` … `photo-6`, `signature` */
  @TextColumn({ primary: true }) name!: string;
  @TextColumn() technicianId!: string;
  @TextColumn() sha256!: string;
  @TextColumn() type!: string;
  @IntColumn() bytes!: number;
  @IntColumn() width!: number;
  @IntColumn() height!: number;
  @MsColumn() receivedAtMs!: number;
}
