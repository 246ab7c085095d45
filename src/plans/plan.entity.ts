import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/** What decides whether a line is done, and nothing else does. */
export const CRITERIA = ['produced', 'playedEveryCommune', 'playedEveryHamlet'] as const;
export type Criterion = (typeof CRITERIA)[number];

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
export class PlanLine {
  @IdColumn() id!: string;
  @TextColumn() planId!: string;
  @IntColumn() position!: number;
  /** Kinds are data: radioScript, infographic, leaflet, conference, … */
  @TextColumn() kind!: string;
  @TextColumn() title!: string;
  @IntColumn() target!: number;
  @TextColumn() unit!: string;
  @TextColumn() criterion!: Criterion;
}
