import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/** What decides whether a line is done, and nothing else does. */
export const CRITERIA = ['produced', 'playedEveryCommune', 'playedEveryHamlet'] as const;
export type Criterion = (typeof CRITERIA)[number];

/** Whether every cluster of a hamlet must have the plays, or one is enough. */
export const CLUSTERS_REQUIRED = ['all', 'any'] as const;
export type ClustersRequired = (typeof CLUSTERS_REQUIRED)[number];

/**
 * The least that a complete play must prove: it sounded to its end; the loudspeaker line carried a signal; a hamlet head heard it. Each
 * is stronger than the one before.
 */
export const LEAST_GRADES = ['completed', 'sensed', 'heard'] as const;
export type LeastGrade = (typeof LEAST_GRADES)[number];

/** When a cell (item × hamlet) of a line is complete. */
export interface LineRule {
  /** Complete plays required of a cluster. */
  readonly plays: number;
  readonly clusters: ClustersRequired;
  readonly leastGrade: LeastGrade;
  /** Only what is played in one of these counts (BCP 47); null: in any. */
  readonly languages: readonly string[] | null;
}

/** Kế hoạch truyền thông. Legal basis and funding are free text: the source plans disagree. */
@Entity('communication_plan')
export class CommunicationPlan {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() number!: string;
  @TextColumn() title!: string;
  @TextColumn() issuer!: string;
  /** Local days. */
  @TextColumn() issuedOn!: string;
  @TextColumn() periodFrom!: string;
  @TextColumn() periodTo!: string;
  @TextColumn({ nullable: true }) reportDeadline!: string | null;
  @TextColumn() legalBasis!: string;
  @TextColumn() funding!: string;
  @JsonColumn<string[]>() audiences!: string[];
  @JsonColumn<string[]>() recipients!: string[];
  /** Shown wherever the plan is, e.g. that a demo shifted its dates. */
  @TextColumn() note!: string;
  @MsColumn() createdAtMs!: number;
}

@Entity('plan_line')
@Index(['planId'])
export class PlanLine implements LineRule {
  @IdColumn() id!: string;
  @TextColumn() planId!: string;
  @IntColumn() position!: number;
  /** Kinds are data: radioScript, infographic, leaflet, conference, … */
  @TextColumn() kind!: string;
  @TextColumn() title!: string;
  @IntColumn() target!: number;
  @TextColumn() unit!: string;
  @TextColumn() criterion!: Criterion;
  @IntColumn({ default: 1 }) plays!: number;
  @TextColumn({ default: 'all' }) clusters!: ClustersRequired;
  @TextColumn({ default: 'completed' }) leastGrade!: LeastGrade;
  @JsonColumn<readonly string[]>({ nullable: true }) languages!: readonly string[] | null;
}
