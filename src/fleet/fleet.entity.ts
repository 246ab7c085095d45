import { Entity, Index } from 'typeorm';
import type { Capability } from '../../devices/protocol/index.js';
import {
  BoolColumn,
  IdColumn,
  IntColumn,
  JsonColumn,
  MsColumn,
  RealColumn,
  TextColumn,
} from '../platform/database/index.js';
import type { PlaceKind, Reach } from './engine/place-kind.js';

/** Cụm loa or bảng tin: the place, with horns and coordinates. It stays when its controller is replaced (case 25). */
@Entity('cluster')
@Index(['areaPath'])
export class Cluster {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() code!: string;
  @TextColumn() areaId!: string;
  @TextColumn() areaPath!: string;
  @TextColumn() name!: string;
  @TextColumn() kind!: PlaceKind;
  @RealColumn({ nullable: true }) latitude!: number | null;
  @RealColumn({ nullable: true }) longitude!: number | null;
  @IntColumn() horns!: number;
  /** How far its receipts prove anything: a transmitter serves many hamlets by receivers that nobody hears from here. */
  @TextColumn() reach!: Reach;
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
  /** Why, in a person's words; null: another box took its place. */
  @TextColumn({ nullable: true }) revokedReason!: string | null;
  /** The key before the last change of keys, and when that was: what it signed may still be on its way (`receiptKeysOf`). */
  @TextColumn({ nullable: true }) formerPublicKey!: string | null;
  @MsColumn({ nullable: true }) keyChangedAtMs!: number | null;
  @BoolColumn() online!: boolean;
  @MsColumn({ nullable: true }) lastHeardAtMs!: number | null;
  /** Version of the plan it says it holds whole; 0: none. */
  @MsColumn() syncedVersion!: number;
  /** It has every part and all audio of that plan. */
  @BoolColumn() ready!: boolean;
  @TextColumn() trust!: string;
  /** As it states them; null: it never did. */
  @JsonColumn<{ readonly release: number; readonly name: string }>({ nullable: true }) firmware!: {
    readonly release: number;
    readonly name: string;
  } | null;
  @JsonColumn<readonly Capability[]>({ nullable: true }) capabilities!: readonly Capability[] | null;
}

/** Every key that a device ever had, and when: what it signed long ago is verified with the key of that day. */
@Entity('controller_key')
export class ControllerKey {
  @TextColumn({ primary: true }) controllerId!: string;
  /** Raw Ed25519, base64url. */
  @TextColumn({ primary: true }) publicKey!: string;
  @MsColumn() fromMs!: number;
  /** When the next one took its place; null: none did. */
  @MsColumn({ nullable: true }) untilMs!: number | null;
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
  /** The box of the stock that it is printed on; null: it was made for the cluster, for any box. */
  @TextColumn({ nullable: true }) boxId!: string | null;
  /** Why the box before is replaced. */
  @TextColumn({ nullable: true }) reason!: string | null;
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
  /** A person has seen it; it comes up again when it happens again. */
  @MsColumn({ nullable: true }) acknowledgedAtMs!: number | null;
  @TextColumn({ nullable: true }) acknowledgedByName!: string | null;
}
