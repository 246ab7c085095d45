import { Entity, Index } from 'typeorm';
import type { PlannedPlay } from '../../devices/protocol/index.js';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/** The signed head that a controller was last told. */
@Entity('plan_head')
export class PublishedHead {
  @TextColumn({ primary: true }) controllerId!: string;
  @MsColumn() version!: number;
  /** First publication to this controller: what started before does not concern it. */
  @MsColumn() sinceMs!: number;
  @MsColumn() publishedAtMs!: number;
  /** What the head says apart from version and time: the same content is not published again. */
  @TextColumn() contentSha256!: string;
  /** JWS as retained. */
  @TextColumn() signed!: string;
  /** Day → address of the part. */
  @JsonColumn<Record<string, string>>() parts!: Record<string, string>;
  /** What is spoken to its listeners, as the head says; null: it says nothing of that. */
  @JsonColumn<readonly string[]>({ nullable: true }) languages!: readonly string[] | null;
}

/** Something that devices fetch: audio, a day part, or a program. */
@Entity('asset')
export class Asset {
  @TextColumn({ primary: true }) sha256!: string;
  @TextColumn() kind!: 'audio' | 'part' | 'program';
  @TextColumn() type!: string;
  @IntColumn() bytes!: number;
  @IntColumn() chunkBytes!: number;
  /** JSON text whose bytes devices verify; null for an asset of one chunk. */
  @TextColumn({ nullable: true }) descriptor!: string | null;
  @TextColumn({ nullable: true }) descriptorSha256!: string | null;
  @MsColumn() createdAtMs!: number;
}

/**
 * What a controller was told to play, written in the transaction that publishes it: so *not planned*, *not played* and
 * *unknown* stay apart. Names are those of that day.
 */
@Entity('planned_play')
@Index(['itemId', 'startMs'])
@Index(['clusterId', 'startMs'])
@Index(['controllerId', 'startMs'])
export class PlannedPlayRow {
  @IdColumn() id!: string;
  @TextColumn() controllerId!: string;
  @TextColumn() play!: string;
  @TextColumn() clusterId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() entryId!: string;
  @TextColumn() itemId!: string;
  @IntColumn() itemVersion!: number;
  @TextColumn() day!: string;
  @MsColumn() startMs!: number;
  /** How long it was to sound; of a relay, as planned. Null: told before this was written down. */
  @MsColumn({ nullable: true }) durationMs!: number | null;
  /** Version of the plan that told it so first; with the play the name of this telling. */
  @MsColumn() planVersion!: number;
  /** A later plan took it out before its start. */
  @MsColumn({ nullable: true }) withdrawnAtMs!: number | null;
}

/**
 * What a controller was told of a play before `planned_play` said otherwise: a device that was offline may have followed it in good
 * faith. One row for each telling that differs in start or content; a play that was told once has none.
 */
@Entity('planned_play_told')
@Index(['itemId'])
export class FormerTelling {
  /** Of the planned play. */
  @TextColumn({ primary: true }) id!: string;
  /** Version of the plan that told it so first. */
  @MsColumn({ primary: true }) planVersion!: number;
  @TextColumn() itemId!: string;
  @IntColumn() itemVersion!: number;
  @TextColumn() day!: string;
  @MsColumn() startMs!: number;
}

export const plannedPlayId = (controllerId: string, play: PlannedPlay['play']): string => `${controllerId}.${play}`;
