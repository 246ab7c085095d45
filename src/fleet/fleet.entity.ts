import { Entity, Index } from 'typeorm';
import { BoolColumn, IdColumn, IntColumn, MsColumn, RealColumn, TextColumn } from '../platform/database/index.js';

/** Cụm loa: the place, with horns and coordinates. It stays when its controller is replaced (case 25). */
@Entity('cluster')
@Index(['areaPath'])
export class Cluster {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() code!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() name!: string;
  @RealColumn({ nullable: true }) latitude!: number | null;
  @RealColumn({ nullable: true }) longitude!: number | null;
  @IntColumn() horns!: number;
  @MsColumn() createdAtMs!: number;
}

/** Which hamlets hear which cluster, valid in time: a hamlet may have three, share one, or have none (case 23). */
@Entity('cluster_hamlet')
@Index(['hamletId'])
export class ClusterHamlet {
  @TextColumn({ primary: true }) clusterId!: string;
  @TextColumn({ primary: true }) hamletId!: string;
  @TextColumn({ primary: true }) validFrom!: string;
  @TextColumn({ nullable: true }) validTo!: string | null;
}

/** Bộ điều khiển: the box with a key. Its id is its name on the wire. */
@Entity('controller')
@Index(['clusterId'])
export class Controller {
  @IdColumn() id!: string;
  @TextColumn() clusterId!: string;
  @TextColumn() model!: string;
  @TextColumn() serial!: string;
  /** Raw Ed25519, base64url. */
  @TextColumn() publicKey!: string;
  /** 256 random bits need no slow hash. */
  @TextColumn() tokenSha256!: string;
  @BoolColumn() simulated!: boolean;
  @MsColumn() enrolledAtMs!: number;
  @MsColumn({ nullable: true }) revokedAtMs!: number | null;
  @BoolColumn() online!: boolean;
  @MsColumn({ nullable: true }) lastHeardAtMs!: number | null;
  /** Version of the plan it says it holds whole; 0: none. */
  @MsColumn() syncedVersion!: number;
  /** It has every part and all audio of that plan. */
  @BoolColumn() ready!: boolean;
  @TextColumn() trust!: string;
}

/** One-time permission to enrol a controller at a cluster. */
@Entity('claim')
export class ClaimRecord {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() codeSha256!: string;
  @TextColumn() clusterId!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn() expiresAtMs!: number;
  @TextColumn({ nullable: true }) usedByKey!: string | null;
  @TextColumn({ nullable: true }) controllerId!: string | null;
}

/** Something that a person must look at. The same trouble of the same device is one row with a count. */
@Entity('alarm')
@Index(['controllerId', 'code'])
export class Alarm {
  @IdColumn() id!: string;
  @TextColumn() code!: string;
  /** Device id as it was given, known or not. */
  @TextColumn() controllerId!: string;
  @TextColumn() detail!: string;
  @MsColumn() firstAtMs!: number;
  @MsColumn() lastAtMs!: number;
  @IntColumn() count!: number;
}
