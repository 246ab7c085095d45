import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';

/** Nhóm loa: clusters that are aimed at together, e.g. those along the market road. */
@Entity('cluster_group')
@Index(['areaPath'])
@Index(['areaId', 'name'], { unique: true })
export class ClusterGroup {
  @IdColumn() id!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() name!: string;
  /** As somebody named them, sorted. Who is a member on a day, `ListenerService` tells: an import may have moved a cluster. */
  @JsonColumn<readonly string[]>() clusterIds!: readonly string[];
  @MsColumn() createdAtMs!: number;
}
