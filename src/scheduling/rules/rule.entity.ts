import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { BreachCode, RuleSet, YearDays } from '../engine/rules/index.js';

/** What a rule set states; a part that is null is inherited from above. */
export type RuleParts = Pick<
  RuleSet,
  'windows' | 'maxSessionMinutes' | 'maxSessionsPerDay' | 'sessionGapMinutes' | 'volumeCeilings' | 'blackouts'
>;

/** Operating rules (quy chế) of an area. Never deleted: they end, or others of a later paper take their place. */
@Entity('rule_set')
@Index(['areaPath'])
export class RuleSetRow {
  @IdColumn() id!: string;
  /** 1 when made; grows when its content is replaced, so that nothing that let the former content pass counts any more. */
  @IntColumn({ default: 1 }) revision!: number;
  @TextColumn() areaId!: string;
  /** The tenant: `/…/parent/own/`. */
  @TextColumn() areaPath!: string;
  /** As on the paper: `12/QC-UBND`. */
  @TextColumn() number!: string;
  /** Day of the paper. */
  @TextColumn() date!: string;
  /** The scanned paper; null: none yet. */
  @TextColumn({ nullable: true }) attachmentSha256!: string | null;
  /** As its content says; null together with the hash. */
  @TextColumn({ nullable: true }) attachmentType!: string | null;
  /** Local days, both included; `validTo` null: no end. */
  @TextColumn() validFrom!: string;
  @TextColumn({ nullable: true }) validTo!: string | null;
  @JsonColumn<RuleParts>() parts!: RuleParts;
  @TextColumn() createdBy!: string;
  /** Name as it was then. */
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  /** Who brought its last day forward; null, like the time: nobody. */
  @TextColumn({ nullable: true }) endedByName!: string | null;
  @MsColumn({ nullable: true }) endedAtMs!: number | null;
}

/** The special days of a year, once people have edited them; a year without a row has the ready-made list. */
@Entity('year_days')
export class YearDaysRow {
  @IntColumn({ primary: true }) year!: number;
  @JsonColumn<Pick<YearDays, 'holidays' | 'swapped' | 'mourning'>>() content!: Pick<
    YearDays,
    'holidays' | 'swapped' | 'mourning'
  >;
  @TextColumn() changedByName!: string;
  @MsColumn() changedAtMs!: number;
}

/** A person lets an entry, or one occurrence of it, break rules. Never deleted: it is revoked. */
@Entity('rule_override')
@Index(['areaPath'])
export class RuleOverride {
  @IdColumn() id!: string;
  @TextColumn() entryId!: string;
  /** Identity of the occurrence; null: all of the entry. */
  @TextColumn({ nullable: true }) occurrence!: string | null;
  @JsonColumn<readonly BreachCode[]>() codes!: readonly BreachCode[];
  /** The rules that stood when it was given, by the engine's `ruleKey`: nothing else is passed. */
  @JsonColumn<readonly string[]>() passes!: readonly string[];
  @TextColumn() reason!: string;
  @TextColumn() byId!: string;
  /** Name as it was then. */
  @TextColumn() byName!: string;
  @MsColumn() atMs!: number;
  @MsColumn({ nullable: true }) revokedAtMs!: number | null;
  /** Of the entry. */
  @TextColumn() areaPath!: string;
}
