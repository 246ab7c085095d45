import { Check, Entity, Index, Unique } from 'typeorm';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, RealColumn, TextColumn } from '../database/index.js';
import type { Job, JobState } from './job.js';

@Entity('jobs')
@Index(['state', 'kind', 'dueAtMs'])
@Index(['ownerId', 'id'])
@Index(['ownerId', 'changedAtMs'])
@Index(['settleDueAtMs'])
@Unique(['activeKey'])
@Check("state IN ('queued', 'running', 'done', 'failed', 'cancelled')")
@Check('progress >= 0 AND progress <= 1')
export class JobEntity implements Job {
  @IdColumn()
  id!: string;

  @TextColumn()
  kind!: string;

  @JsonColumn()
  payload!: unknown;

  @TextColumn()
  state!: JobState;

  /** The unique key while the job is unfinished, then null. */
  @TextColumn({ nullable: true })
  activeKey!: string | null;

  @IntColumn()
  attempts!: number;

  @IntColumn()
  maxAttempts!: number;

  /** Queued: not begun before. Running: the end of its lease. */
  @MsColumn()
  dueAtMs!: number;

  /** Names one attempt: who has lost its lease can no longer change the job. */
  @TextColumn({ nullable: true })
  lease!: string | null;

  @BoolColumn()
  cancelRequested!: boolean;

  @RealColumn()
  progress!: number;

  @TextColumn({ nullable: true })
  progressText!: string | null;

  @JsonColumn({ nullable: true })
  result!: unknown;

  @TextColumn({ nullable: true })
  error!: string | null;

  @MsColumn()
  createdAtMs!: number;

  @MsColumn({ nullable: true })
  finishedAtMs!: number | null;

  @TextColumn({ nullable: true })
  ownerId!: string | null;

  @TextColumn({ nullable: true })
  areaPath!: string | null;

  @TextColumn({ nullable: true })
  title!: string | null;

  /** When somebody who follows it could last see a difference. Null: before this was noted. */
  @MsColumn({ nullable: true })
  changedAtMs!: number | null;

  /** Given up, and its feature is to be told, not before this moment. Null: nothing to tell. */
  @MsColumn({ nullable: true })
  settleDueAtMs!: number | null;
}
