import { Check, Entity, Index } from 'typeorm';
import { IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { ThirdParty } from '../engine/kinds.js';
import type { TemplateDefaults, TemplateField, TemplateText } from '../engine/notice-template.js';

/** One version of a template of an area. A change is a new version; notices keep the one they were made from. */
@Entity('notice_template')
@Index(['areaId'])
@Check('n >= 1')
export class NoticeTemplate implements TemplateText, TemplateDefaults {
  @TextColumn({ primary: true }) id!: string;
  @IntColumn({ primary: true }) n!: number;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() name!: string;
  @TextColumn() language!: string;
  @TextColumn() title!: string;
  @TextColumn() body!: string;
  @JsonColumn<readonly TemplateField[]>() fields!: readonly TemplateField[];
  @TextColumn() topic!: string;
  @IntColumn() field!: number;
  @TextColumn({ nullable: true }) thirdParty!: ThirdParty | null;
  @TextColumn() changedBy!: string;
  /** Name as it was then. */
  @TextColumn() changedByName!: string;
  @MsColumn() changedAtMs!: number;
  /** Of the newest version: since when it makes no new notices. */
  @MsColumn({ nullable: true }) retiredAtMs!: number | null;
}
