import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** What a picture shows: the place itself, or work done there. */
export const PHOTO_SUBJECTS = ['cluster', 'upkeep'] as const;
export type PhotoSubject = (typeof PHOTO_SUBJECTS)[number];

/** A picture without metadata; its file is in the content store. */
@Entity('fleet_photo')
@Index(['subject', 'subjectId'])
export class FleetPhoto {
  @IdColumn() id!: string;
  @TextColumn() subject!: PhotoSubject;
  @TextColumn() subjectId!: string;
  /** The place that it is of: its area decides who sees it. */
  @TextColumn() clusterId!: string;
  @TextColumn() sha256!: string;
  @TextColumn() type!: string;
  @IntColumn() bytes!: number;
  @IntColumn() width!: number;
  @IntColumn() height!: number;
  @TextColumn() caption!: string;
  @TextColumn() addedByName!: string;
  @MsColumn() addedAtMs!: number;
}
