import { Check, Entity, Index, Unique } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, MsColumn, TextColumn } from '../../platform/database/index.js';
import type { Answer, ToldPlay } from './engine/sessions.js';

/** The page of one hamlet head: whoever has the address answers for the hamlet. A hamlet has one that is not revoked. */
@Entity('confirmation_link')
@Index(['hamletId'])
@Index(['areaPath'])
export class ConfirmationLink {
  @IdColumn() id!: string;
  @Index({ unique: true }) @TextColumn() tokenSha256!: string;
  @TextColumn() hamletId!: string;
  /** Of the hamlet. */
  @TextColumn() areaPath!: string;
  @TextColumn() headName!: string;
  /** Telephone. */
  @TextColumn({ nullable: true }) contact!: string | null;
  @MsColumn() validUntilMs!: number;
  @MsColumn({ nullable: true }) revokedAtMs!: number | null;
  @TextColumn() createdBy!: string;
  /** Name as it was then. */
  @TextColumn() createdByName!: string;
  @MsColumn() createdAtMs!: number;
  @MsColumn({ nullable: true }) lastUsedAtMs!: number | null;
}

/** A play as it was asked about. */
export interface AskedPlay extends ToldPlay {
  readonly controllerId: string;
  readonly title: string;
}

/** A cluster that served the hamlet on the day. */
export interface AskedCluster {
  readonly id: string;
  readonly name: string;
  readonly reach: 'horn' | 'transmitter';
}

/**
 * A session as it was when its first answer came: self-contained, so that renaming, merging or re-linking anything later changes no answer
 * (invariant 8, case 17). Its plays are asked about nowhere else.
 */
@Entity('confirmation_session')
@Index(['hamletId', 'day'])
@Index(['startMs'])
@Index(['areaPath'])
export class ConfirmationSession {
  /** `hamlet.start` */
  @IdColumn() id!: string;
  @TextColumn() hamletId!: string;
  /** Of the hamlet, as its names. */
  @TextColumn() areaPath!: string;
  @TextColumn() hamletName!: string;
  @TextColumn() communeName!: string;
  @TextColumn() day!: string;
  @MsColumn() startMs!: number;
  @MsColumn() endMs!: number;
  @JsonColumn<readonly AskedCluster[]>() clusters!: readonly AskedCluster[];
  @JsonColumn<readonly AskedPlay[]>() plays!: readonly AskedPlay[];
}

/** An answer as it was given. A correction is a row of its own; the row before says when it was superseded. */
@Entity('confirmation')
@Unique(['sessionId', 'kind', 'n'])
@Index(['atMs'])
@Check("kind IN ('head', 'telephone')")
@Check("answer IN ('clear', 'unclear', 'notHeard')")
@Check("kind = 'head' OR told_by IS NOT NULL")
export class Confirmation {
  @IdColumn() id!: string;
  @TextColumn() sessionId!: string;
  /** `head`: by the link. `telephone`: told to an operator; it never takes the place of the head's own. */
  @TextColumn() kind!: 'head' | 'telephone';
  /** Counted from 1 within session and kind. */
  @IntColumn() n!: number;
  @TextColumn() answer!: Answer;
  /** Of the service. */
  @MsColumn() atMs!: number;
  /** The link, or the account of the operator. */
  @TextColumn() byId!: string;
  /** The head as the link names them, or the operator; as it was then. */
  @TextColumn() byName!: string;
  /** Who said so on the telephone. */
  @TextColumn({ nullable: true }) toldBy!: string | null;
  @MsColumn({ nullable: true }) supersededAtMs!: number | null;
  /** Archive that it left for: what it counts for stays here, who gave it and what it corrected is there. */
  @TextColumn({ nullable: true }) archive!: string | null;
}
