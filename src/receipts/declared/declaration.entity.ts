import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** How content was brought where no cluster brings it: by a portable loudspeaker (loa kéo, loa cầm tay), or otherwise by hand. */
export const MEANS = ['portableLoudspeaker', 'other'] as const;
export type Means = (typeof MEANS)[number];

/**
 * Khai báo: the word of a person, with a photograph, that an item was brought to a hamlet on a day. Never a receipt, never counted as
 * played. Names are those of that day. Kept when it is taken back.
 */
@Entity('declaration')
@Index(['itemId', 'day'])
@Index(['areaPath'])
export class Declaration {
  @IdColumn() id!: string;
  @TextColumn() itemId!: string;
  @TextColumn() itemTitle!: string;
  /** Of the plan that the item serves. */
  @TextColumn() lineId!: string;
  @TextColumn() hamletId!: string;
  @TextColumn() hamletName!: string;
  @TextColumn() communeName!: string;
  /** Of the hamlet: decides who sees it. */
  @TextColumn() areaPath!: string;
  /** Local day. */
  @TextColumn() day!: string;
  @TextColumn() means!: Means;
  /** Who did it. */
  @TextColumn() person!: string;
  @TextColumn() note!: string;
  @TextColumn() photoSha256!: string;
  @TextColumn() photoType!: string;
  @IntColumn() photoWidth!: number;
  @IntColumn() photoHeight!: number;
  @TextColumn() enteredBy!: string;
  @TextColumn() enteredByName!: string;
  @MsColumn() enteredAtMs!: number;
  @MsColumn({ nullable: true }) takenBackAtMs!: number | null;
  @TextColumn({ nullable: true }) takenBackByName!: string | null;
  @TextColumn({ nullable: true }) takenBackReason!: string | null;
}
