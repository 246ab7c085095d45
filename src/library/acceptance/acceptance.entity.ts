import { Check, Entity, Index } from 'typeorm';
import { MsColumn, TextColumn } from '../../platform/database/index.js';

export const ACCEPTANCE_DECISIONS = ['accepted', 'declined'] as const;
export type AcceptanceDecision = (typeof ACCEPTANCE_DECISIONS)[number];

/** What a commune decided on content that an office above approved: it belongs to its programme, or not. */
@Entity('item_acceptance')
@Index(['areaId'])
@Check("decision IN ('accepted', 'declined')")
export class ItemAcceptance {
  @TextColumn({ primary: true }) itemId!: string;
  @TextColumn({ primary: true }) areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() decision!: AcceptanceDecision;
  @TextColumn({ nullable: true }) reason!: string | null;
  @TextColumn() decidedBy!: string;
  /** Name as it was then. */
  @TextColumn() decidedByName!: string;
  @MsColumn() decidedAtMs!: number;
}
