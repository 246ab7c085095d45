import { Entity, Index } from 'typeorm';
import { BoolColumn, IdColumn, JsonColumn, MsColumn, TextColumn } from '../platform/database/index.js';
import type { AccountRole } from './engine/roles.js';

@Entity('account')
export class Account {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() login!: string;
  @TextColumn() name!: string;
  /** argon2id. */
  @TextColumn() passwordHash!: string;
  @BoolColumn() disabled!: boolean;
  /** Where notices go; nobody has proved that it is theirs. */
  @TextColumn({ nullable: true }) email!: string | null;
  @MsColumn() createdAtMs!: number;
}

@Entity('account_grant')
@Index(['accountId'])
export class AccountGrant {
  @IdColumn() id!: string;
  @TextColumn() accountId!: string;
  @TextColumn() role!: AccountRole;
  /** Null: the whole installation. */
  @TextColumn({ nullable: true }) areaId!: string | null;
  @TextColumn() areaPath!: string;
}

@Entity('login_session')
@Index(['accountId'])
export class LoginSession {
  /** SHA-256 of the token, hex: the table alone opens nothing. */
  @TextColumn({ primary: true }) tokenSha256!: string;
  @TextColumn() accountId!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn() expiresAtMs!: number;
}

/** Who did what to what, when. Kept by `retention` rules, not by features. */
@Entity('audit_entry')
@Index(['atMs'])
export class AuditEntry {
  @IdColumn() id!: string;
  @MsColumn() atMs!: number;
  @TextColumn({ nullable: true }) accountId!: string | null;
  /** Name as it was then. */
  @TextColumn() actorName!: string;
  @TextColumn() action!: string;
  @TextColumn() subject!: string;
  @TextColumn() areaPath!: string;
  @JsonColumn<Record<string, unknown>>() detail!: Record<string, unknown>;
}
