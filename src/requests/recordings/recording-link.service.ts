import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { AccountService, Audit, actorFrom } from '../../accounts/index.js';
import { cleanLine, RecordingService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { type Actor, PublicAddress } from '../../platform/http/index.js';
import { hashOfToken, isOpen, newToken, termEnd } from '../../platform/links/index.js';
import { LONGEST_RECORDING_TERM_MS, MOST_TAKES, USUAL_RECORDING_TERM_MS } from '../engine/limits.js';
import { requestsProblem } from '../problems.js';
import type { NewRecordingLink, RecordingLinkView } from './recording.api.js';
import { RecordingLink } from './recording-link.entity.js';

/** Asks a person without an account to read one text aloud. */
@Injectable()
export class RecordingLinkService {
  constructor(
    private readonly database: Database,
    private readonly scripts: RecordingService,
    private readonly accounts: AccountService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly address: PublicAddress,
  ) {}

  /** A new link ends the one before: one person reads at a time. */
  async create(actor: Actor, itemId: string, wanted: NewRecordingLink): Promise<RecordingLinkView> {
    const speakerName = cleanLine(wanted.speakerName);
    if (speakerName === '') throw requestsProblem('requests.senderMissing');
    const { token, tokenSha256 } = newToken();
    return this.database.write(async (tx) => {
      const script = await this.scripts.askable(tx.manager, actor, itemId);
      if (script.status === 'pending' || script.status === 'provisional')
        throw requestsProblem('requests.recordingWaiting');
      await this.#end(tx, itemId);
      const nowMs = this.clock.nowMs();
      const link: RecordingLink = {
        id: newId(),
        tokenSha256,
        itemId,
        areaPath: script.areaPath,
        version: script.version,
        versionStatus: script.status,
        speakerName,
        takesLeft: MOST_TAKES,
        validUntilMs: endOf(wanted.validUntilMs, nowMs),
        revokedAtMs: null,
        createdBy: actor.accountId,
        createdByName: actor.name,
        createdAtMs: nowMs,
        lastUsedAtMs: null,
      };
      await tx.manager.insert(RecordingLink, link);
      await this.#record(tx, actor, link, 'requests.recordingLinkCreated');
      const { id, version, takesLeft, validUntilMs } = link;
      const address = `${this.address.http}/thu/${token}`;
      return { id, itemId, version, speakerName, takesLeft, validUntilMs, address };
    });
  }

  /** Ends what is open for the item. */
  async revoke(actor: Actor, itemId: string): Promise<void> {
    await this.database.write(async (tx) => {
      const { areaPath } = await this.scripts.askable(tx.manager, actor, itemId);
      const ended = await this.#end(tx, itemId);
      if (ended > 0)
        await this.#record(tx, actor, { itemId, areaPath, speakerName: '' }, 'requests.recordingLinkRevoked');
    });
  }

  /** The link behind a token. @throws requests.linkUnknown, the same for a wrong, expired or revoked one */
  async open(reader: EntityManager, token: string): Promise<RecordingLink> {
    const tokenSha256 = hashOfToken(token);
    const link = tokenSha256 === null ? null : await reader.findOneBy(RecordingLink, { tokenSha256 });
    if (!link || !isOpen(link, this.clock.nowMs())) throw requestsProblem('requests.linkUnknown');
    return link;
  }

  /** Who asked, with the rights of today: a link does no more than its maker may. @throws requests.recordingOver */
  async makerOf(reader: EntityManager, link: RecordingLink): Promise<Actor> {
    const maker = await this.accounts.withGrants(reader, link.createdBy);
    const actor = maker && actorFrom(maker.account, maker.grants);
    if (!actor?.may('library.write', link.areaPath)) throw requestsProblem('requests.recordingOver');
    return actor;
  }

  async #end(tx: WriteTransaction, itemId: string): Promise<number> {
    const open = { itemId, revokedAtMs: IsNull() };
    const { affected } = await tx.manager.update(RecordingLink, open, { revokedAtMs: this.clock.nowMs() });
    return affected ?? 0;
  }

  #record(
    tx: WriteTransaction,
    actor: Actor,
    { itemId, areaPath, speakerName }: Pick<RecordingLink, 'itemId' | 'areaPath' | 'speakerName'>,
    action: string,
  ) {
    return this.audit.add(tx, actor, { action, subject: itemId, areaPath, detail: { speakerName } });
  }
}

function endOf(wantedMs: number | null, nowMs: number): number {
  const term = { usualMs: USUAL_RECORDING_TERM_MS, longestMs: LONGEST_RECORDING_TERM_MS };
  const end = termEnd(wantedMs, nowMs, term);
  if (end === null) throw requestsProblem('requests.termWrong', { days: LONGEST_RECORDING_TERM_MS / 86_400_000 });
  return end;
}
