import { Entity, Index } from 'typeorm';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** Somebody listened to the audio of a version. */
@Entity('item_heard')
export class ItemHeard {
  @TextColumn({ primary: true }) itemId!: string;
  @IntColumn({ primary: true }) n!: number;
  @TextColumn({ primary: true }) accountId!: string;
  @TextColumn({ primary: true }) audioSha256!: string;
  @MsColumn() atMs!: number;
}

/** Ủy quyền duyệt: somebody who may approve lets another do it, for a time. */
@Entity('approval_delegation')
@Index(['toId'])
@Index(['fromId'])
export class ApprovalDelegation {
  @IdColumn() id!: string;
  @TextColumn() fromId!: string;
  /** Names as they were then. */
  @TextColumn() fromName!: string;
  @TextColumn() toId!: string;
  @TextColumn() toName!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  /** Half-open. */
  @MsColumn() fromMs!: number;
  @MsColumn() untilMs!: number;
  @TextColumn() reason!: string;
  @TextColumn() createdById!: string;
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) revokedAtMs!: number | null;
}

/** Whose word counts, in an area, on recordings in a language that no voice speaks. */
@Entity('language_reviewer')
export class LanguageReviewer {
  @TextColumn({ primary: true }) areaId!: string;
  /** Without a region. */
  @TextColumn({ primary: true }) language!: string;
  @TextColumn({ primary: true }) accountId!: string;
}

/** Who may air what in an emergency, before anybody has approved it. One an area; it holds for everything below. */
@Entity('emergency_policy')
export class EmergencyPolicy {
  @TextColumn({ primary: true }) areaId!: string;
  @TextColumn() areaPath!: string;
  @JsonColumn<readonly string[]>() dutyAccountIds!: readonly string[];
  /** A duty officer may air at once what is approved already. */
  @BoolColumn() preApproved!: boolean;
  /** And what nobody has approved, which is then judged afterwards (hậu kiểm). */
  @BoolColumn() freeText!: boolean;
  @IntColumn() reviewWithinMinutes!: number;
  @TextColumn() changedById!: string;
  @TextColumn() changedByName!: string;
  @MsColumn() changedAtMs!: number;
}
