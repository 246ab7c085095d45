import { Check, Entity, Index } from 'typeorm';
import { BoolColumn, IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';
import type { Language } from '../platform/i18n/index.js';
import type { NoticeParameters } from './engine/texts.js';

export type Audience =
  | { readonly action: string; readonly areaPath: string; readonly except?: readonly string[] }
  | { readonly accountIds: readonly string[] };

/** A matter that waits for people, until it is settled. */
@Entity('notice')
export class Notice {
  @IdColumn() id!: string;
  @TextColumn() key!: string;
  /** The key while the matter is open: one open matter per key. */
  @Index({ unique: true }) @TextColumn({ nullable: true }) openKey!: string | null;
  @TextColumn() kind!: string;
  @JsonColumn<NoticeParameters>() params!: NoticeParameters;
  @TextColumn() link!: string;
  @TextColumn() areaPath!: string;
  @JsonColumn<Audience>() audience!: Audience;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) dueAtMs!: number | null;
  @MsColumn({ nullable: true }) remindAfterMs!: number | null;
  /** Null until the first people are told. */
  @MsColumn({ nullable: true }) lastToldAtMs!: number | null;
  @IntColumn() reminders!: number;
  @MsColumn({ nullable: true }) settledAtMs!: number | null;
}

/** A notice in somebody's inbox. */
@Entity('notice_entry')
@Index(['noticeId', 'accountId'], { unique: true })
@Index(['accountId', 'open', 'id'])
export class NoticeEntry {
  @IdColumn() id!: string;
  @TextColumn() noticeId!: string;
  @TextColumn() accountId!: string;
  /** Closed when the matter is settled, or is no longer this person's. */
  @BoolColumn() open!: boolean;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) seenAtMs!: number | null;
}

export const CHANNELS = ['email', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];
export type DeliveryState = 'waiting' | 'sent' | 'failed' | 'dropped';

/** One message to one address: the row that makes sending it idempotent. */
@Entity('notice_delivery')
@Index(['noticeId', 'accountId', 'channel', 'target', 'round'], { unique: true })
@Check("channel IN ('email', 'push')")
@Check("state IN ('waiting', 'sent', 'failed', 'dropped')")
export class NoticeDelivery {
  @IdColumn() id!: string;
  @TextColumn() noticeId!: string;
  @TextColumn() accountId!: string;
  @TextColumn() channel!: Channel;
  /** Id of the push subscription; empty for e-mail, whose address is looked up when it is sent. */
  @TextColumn() target!: string;
  /** 0 the first time, then the number of the reminder. */
  @IntColumn() round!: number;
  @TextColumn() state!: DeliveryState;
  /** Why it was dropped or failed. */
  @TextColumn({ nullable: true }) reason!: string | null;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) endedAtMs!: number | null;
}

@Entity('notice_preference')
@Check("language IN ('vi', 'en')")
export class NoticePreference {
  @IdColumn() accountId!: string;
  @BoolColumn() email!: boolean;
  @BoolColumn() push!: boolean;
  /** Of mails and pushes; the inbox follows the browser. */
  @TextColumn() language!: Language;
}

/** A browser that receives pushes for an account. */
@Entity('push_subscription')
@Index(['accountId'])
export class PushSubscription {
  @IdColumn() id!: string;
  @TextColumn() accountId!: string;
  @TextColumn() endpoint!: string;
  /** Hex: endpoints are longer than an index of PostgreSQL likes. */
  @Index({ unique: true }) @TextColumn() endpointSha256!: string;
  @TextColumn() p256dh!: string;
  @TextColumn() auth!: string;
  @MsColumn() createdAtMs!: number;
}

/** The key pair (VAPID) by which push services know this installation. One row. */
@Entity('push_key')
export class PushKey {
  @IdColumn() id!: string;
  @TextColumn() publicKey!: string;
  @TextColumn() privateKey!: string;
  @MsColumn() createdAtMs!: number;
}
