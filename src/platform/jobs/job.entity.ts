import { Check, Entity, Index, Unique } from 'typeorm';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, RealColumn, TextColumn } from '../database/index.js';
import type { Job, JobState } from './job.js';

@Entity('jobs')
@Index(['state', 'kind', 'dueAtMs'])
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
}
