import { Check, Entity, Index } from 'typeorm';
import type { ProducedLoudness } from '../../media/index.js';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';
import type { Status } from './engine/approval.js';

export const ITEM_KINDS = ['script', 'recording'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export const AUDIO_STATES = ['none', 'rendering', 'ready', 'failed'] as const;
export type AudioState = (typeof AUDIO_STATES)[number];

/** Something that can be broadcast. What is said stands in its versions. */
@Entity('item')
@Index(['areaPath'])
@Index(['planLineId'])
@Check("kind IN ('script', 'recording')")
@Check('field BETWEEN 1 AND 6')
export class Item {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() kind!: ItemKind;
  @TextColumn() title!: string;
  @TextColumn() titleFolded!: string;
  @TextColumn() topic!: string;
  /** LoaiLinhVuc of the national source-information system: 1 general … 6 good examples. */
  @IntColumn() field!: number;
  @JsonColumn<readonly string[]>() audience!: readonly string[];
  /** tổng hợp, đánh giá, mô hình, gương người tốt … : a list that offices extend, so text. */
  @TextColumn() form!: string;
  /** BCP 47. */
  @TextColumn() language!: string;
  @TextColumn() programme!: string;
  @TextColumn() sourceOffice!: string;
  /** Named by a later step; opaque here. */
  @TextColumn({ nullable: true }) planLineId!: string | null;
  @TextColumn() createdBy!: string;
  @MsColumn() createdAtMs!: number;
  @IntColumn() currentVersion!: number;
  /** The version that may go on air; null: none. */
  @IntColumn({ nullable: true }) approvedVersion!: number | null;
}

/** Text and audio as one person made them. Once approved, neither changes any more (invariant 7). */
@Entity('item_version')
@Check("status IN ('draft', 'pending', 'approved', 'returned', 'refused', 'withdrawn')")
@Check("audio_state IN ('none', 'rendering', 'ready', 'failed')")
// Case 4: audio without a length does not exist.
@Check("audio_state <> 'ready' OR (audio_sha256 IS NOT NULL AND audio_duration_ms > 0)")
export class ItemVersion {
  @TextColumn({ primary: true }) itemId!: string;
  @IntColumn({ primary: true }) n!: number;
  /** NFC. A script is spoken from it; a recording may carry it as a transcript. */
  @TextColumn({ nullable: true }) text!: string | null;
  /** Of the UTF-8 bytes of the text. */
  @TextColumn({ nullable: true }) textSha256!: string | null;
  @TextColumn() authorId!: string;
  /** Name as it was then; so is the approver's. */
  @TextColumn() authorName!: string;
  @MsColumn() createdAtMs!: number;
  @TextColumn() status!: Status;
  @TextColumn({ nullable: true }) statusReason!: string | null;
  /** Who took the last decision. */
  @TextColumn({ nullable: true }) approverId!: string | null;
  @TextColumn({ nullable: true }) approverName!: string | null;
  @MsColumn({ nullable: true }) decidedAtMs!: number | null;
  /** As somebody uploaded it; the audio is made from this if it is there, else from the text. */
  @TextColumn({ nullable: true }) uploadSha256!: string | null;
  @TextColumn() audioState!: AudioState;
  @TextColumn({ nullable: true }) audioProblem!: string | null;
  @TextColumn({ nullable: true }) audioSha256!: string | null;
  @MsColumn({ nullable: true }) audioBytes!: number | null;
  @TextColumn({ nullable: true }) audioType!: string | null;
  @MsColumn({ nullable: true }) audioDurationMs!: number | null;
  @JsonColumn<ProducedLoudness>({ nullable: true }) loudness!: ProducedLoudness | null;
}
