import { Check, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../database/index.js';

export type OutboxState = 'waiting' | 'delivered' | 'dead';

@Entity('outbox')
@Index(['state', 'topic', 'id'])
@Check("state IN ('waiting', 'delivered', 'dead')")
export class OutboxEntity {
  /** Sorts by creation, within the process that made it. */
  @IdColumn()
  id!: string;

  @TextColumn()
  topic!: string;

  @JsonColumn()
  payload!: unknown;

  @TextColumn()
  state!: OutboxState;

  /** Deliveries begun. */
  @IntColumn()
  attempts!: number;

  /** Not to be delivered before: the end of a claim, or of the pause after a failure. */
  @MsColumn()
  dueAtMs!: number;

  @MsColumn()
  createdAtMs!: number;

  @MsColumn({ nullable: true })
  deliveredAtMs!: number | null;

  /** Why the last delivery failed. */
  @TextColumn({ nullable: true })
  error!: string | null;
}
