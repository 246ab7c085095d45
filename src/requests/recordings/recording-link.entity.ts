import { Check, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** An address by which somebody without an account reads one text aloud. */
@Entity('recording_link')
@Index(['itemId'])
@Check('takes_left >= 0')
export class RecordingLink {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() tokenSha256!: string;
  @TextColumn() itemId!: string;
  @TextColumn() areaPath!: string;
  /** The version that is read: the one of the request, then the takes. Any other means that the item moved on. */
  @IntColumn() version!: number;
  /** Of that version, as the link left it: one that was submitted has moved on, too. */
  @TextColumn() versionStatus!: string;
  @TextColumn() speakerName!: string;
  @IntColumn() takesLeft!: number;
  @MsColumn() validUntilMs!: number;
  @MsColumn({ nullable: true }) revokedAtMs!: number | null;
  /** The author of what is recorded. */
  @TextColumn() createdBy!: string;
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) lastUsedAtMs!: number | null;
}
