import { Check, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { SenderKind } from '../engine/senders.js';

/** An address by which somebody without an account may send requests for one commune or hamlet. */
@Entity('request_link')
@Index(['areaPath'])
@Check("sender_kind IN ('police', 'clinic', 'school', 'powerCompany', 'hamletHead', 'other')")
export class RequestLink {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() tokenSha256!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() senderKind!: SenderKind;
  @TextColumn() senderName!: string;
  /** Telephone, to ask back. */
  @TextColumn({ nullable: true }) contact!: string | null;
  @IntColumn() mostPerDay!: number;
  @MsColumn() validUntilMs!: number;
  @MsColumn({ nullable: true }) revokedAtMs!: number | null;
  @TextColumn() createdBy!: string;
  /** Name as it was then. */
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) lastUsedAtMs!: number | null;
}
