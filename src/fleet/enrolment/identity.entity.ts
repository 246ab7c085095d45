import { Entity } from 'typeorm';
import { IdColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** The identity that a device holds by our word. */
@Entity('issued_identity')
export class IssuedIdentity {
  @IdColumn() controllerId!: string;
  /** Of what it says apart from the time: another one is issued only when that changes. */
  @TextColumn() contentSha256!: string;
  /** As it is retained; null: the device has it from its enrolment. */
  @TextColumn({ nullable: true }) signed!: string | null;
  @MsColumn() issuedAtMs!: number;
}
