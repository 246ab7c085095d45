import { Check, Entity, Index } from 'typeorm';
import type { CommandBody, CommandRefusal } from '../../../devices/protocol/index.js';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';

/** What was asked of devices: of all at or below an area, or of those at named clusters. Never deleted. */
@Entity('command')
@Index(['areaPath', 'id'])
@Index(['areaId', 'activeUntilMs'])
@Index(['publishedAtMs', 'expiresAtMs'])
@Index(['issuedById', 'issuedAtMs'])
export class CommandRow {
  /** Names the command on the wire; also its nonce. */
  @IdColumn() id!: string;
  /** Given by who asks: a second tap is the same command. */
  @Index({ unique: true }) @TextColumn() requestKey!: string;
  @TextColumn() kind!: CommandBody['kind'];
  @JsonColumn<CommandBody>() body!: CommandBody;
  /** One message on this area's topic; null: one for each device. */
  @TextColumn({ nullable: true }) areaId!: string | null;
  /** Whom it concerns lies at or below it. */
  @TextColumn() areaPath!: string;
  /** Null: everybody at or below the area. */
  @JsonColumn<readonly string[]>({ nullable: true }) clusterIds!: readonly string[] | null;
  /** Null: by the service itself. */
  @TextColumn({ nullable: true }) issuedById!: string | null;
  /** Name as it was then. */
  @TextColumn() issuedByName!: string;
  @TextColumn() reason!: string;
  @MsColumn() issuedAtMs!: number;
  /** Neither published nor obeyed after this. */
  @MsColumn() expiresAtMs!: number;
  /** JWS of the message on the area's topic. */
  @TextColumn({ nullable: true }) signed!: string | null;
  @MsColumn({ nullable: true }) publishedAtMs!: number | null;
  /** Who was away must still learn of it until this; null: it is of the moment. */
  @MsColumn({ nullable: true }) activeUntilMs!: number | null;
  /** Something later took its place before that. */
  @MsColumn({ nullable: true }) endedAtMs!: number | null;
}

export const DEVICE_STATES = ['sent', 'received', 'done', 'refused', 'expired'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/**
 * What became of a command at one device, by the device's own word. `sent` is no word: after the expiry it reads as expired, because
 * unknown is not done.
 */
@Entity('command_device')
@Index(['controllerId', 'commandId'])
@Check("state IN ('sent', 'received', 'done', 'refused', 'expired')")
export class CommandDevice {
  @TextColumn({ primary: true }) commandId!: string;
  @TextColumn({ primary: true }) controllerId!: string;
  @TextColumn() clusterId!: string;
  @TextColumn() state!: DeviceState;
  /** With `refused`. */
  @TextColumn({ nullable: true }) reason!: CommandRefusal | null;
  /** By the device's clock. */
  @MsColumn({ nullable: true }) atMs!: number | null;
  /** When the service heard it. */
  @MsColumn({ nullable: true }) heardAtMs!: number | null;
}

/** What an area's devices find on the broker when they connect. */
@Entity('active_list')
export class ActiveListRow {
  @TextColumn({ primary: true }) areaId!: string;
  /** max(previous + 1, publication time in ms). */
  @MsColumn() version!: number;
  @JsonColumn<readonly string[]>() commandIds!: readonly string[];
  /** When the first of them is over; null: there is none. */
  @MsColumn({ nullable: true }) untilMs!: number | null;
  /** JWS as retained. */
  @TextColumn() signed!: string;
}

/** A one-time password that was sent to a person for one command at one target. */
@Entity('command_code')
@Index(['accountId', 'expiresAtMs'])
export class CommandCode {
  @IdColumn() id!: string;
  @TextColumn() accountId!: string;
  /** SHA-256 of the exact command and target. */
  @TextColumn() fingerprint!: string;
  /** argon2id: six digits are guessed from any quick hash. */
  @TextColumn() codeHash!: string;
  @IntColumn() attempts!: number;
  @MsColumn() createdAtMs!: number;
  @MsColumn() expiresAtMs!: number;
  @MsColumn({ nullable: true }) usedAtMs!: number | null;
}
