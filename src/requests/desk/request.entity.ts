import { Check, Entity, Index, Unique } from 'typeorm';
import type { ThirdParty } from '../../library/index.js';
import { BoolColumn, IdColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { RequestStatus, SenderKind } from '../engine/senders.js';

/** A file as it lies in the content store. */
export interface SentFile {
  readonly sha256: string;
  readonly fileName: string;
  /** What its first bytes say that it is. */
  readonly type: string;
  readonly family: 'audio' | 'document';
  readonly bytes: number;
}

/** Đề nghị phát: what somebody asks to have broadcast. Self-contained: what becomes of the link changes nothing here. */
@Entity('request')
@Index(['areaPath', 'receivedAtMs'])
@Index(['linkId', 'receivedAtMs'])
@Unique(['linkId', 'clientKey'])
@Check("status IN ('new', 'drafted', 'declined')")
@Check("status <> 'drafted' OR item_id IS NOT NULL")
@Check("status <> 'declined' OR reason IS NOT NULL")
export class SentRequest {
  @IdColumn() id!: string;
  @TextColumn() linkId!: string;
  /** Of the sender's browser: a double tap, or a retry on a poor line, is one request. */
  @TextColumn() clientKey!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  /** As the link said then; so are the next two. */
  @TextColumn() senderKind!: SenderKind;
  @TextColumn() senderName!: string;
  @TextColumn({ nullable: true }) contact!: string | null;
  @TextColumn() title!: string;
  @TextColumn({ nullable: true }) text!: string | null;
  /** BCP 47: what the text is written, or the voice speaks, in. */
  @TextColumn() language!: string;
  @JsonColumn<readonly SentFile[]>() files!: readonly SentFile[];
  @TextColumn({ nullable: true }) thirdParty!: ThirdParty | null;
  /** When it should be on air, in the sender's words. */
  @TextColumn({ nullable: true }) wanted!: string | null;
  @BoolColumn() urgent!: boolean;
  @MsColumn() receivedAtMs!: number;
  /** What was cleaned or should be looked at. */
  @JsonColumn<readonly string[]>() notes!: readonly string[];
  @TextColumn() status!: RequestStatus;
  @TextColumn({ nullable: true }) itemId!: string | null;
  @TextColumn({ nullable: true }) decidedBy!: string | null;
  @TextColumn({ nullable: true }) decidedByName!: string | null;
  @MsColumn({ nullable: true }) decidedAtMs!: number | null;
  @TextColumn({ nullable: true }) reason!: string | null;
}

/** A file that came before the request that will name it. Forgotten after a day: a request keeps its own list. */
@Entity('request_file')
@Index(['linkId', 'createdAtMs'])
@Index(['createdAtMs'])
export class RequestFile implements SentFile {
  @IdColumn() id!: string;
  @TextColumn() linkId!: string;
  @TextColumn() sha256!: string;
  @TextColumn() fileName!: string;
  @TextColumn() type!: string;
  @TextColumn() family!: 'audio' | 'document';
  @MsColumn() bytes!: number;
  @MsColumn() createdAtMs!: number;
  /** The request that has it; null: none yet. */
  @TextColumn({ nullable: true }) requestId!: string | null;
}
