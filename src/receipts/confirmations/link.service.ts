import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { cleanLine } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { type Actor, PublicAddress } from '../../platform/http/index.js';
import { hashOfToken, isOpen, newToken, qrSvg, termEnd } from '../../platform/links/index.js';
import { ConfirmationLink } from './confirmation.entity.js';
import type {
  ConfirmationLinkQuery,
  ConfirmationLinkRenewal,
  ConfirmationLinkView,
  IssuedConfirmationLink,
  NewConfirmationLink,
} from './link.api.js';
import { confirmationProblem } from './problems.js';
import { scopesWithin, underAny } from './scopes.js';

const MOST_LISTED = 1_000;
const DAY_MS = 86_400_000;
const TERM = { usualMs: 365 * DAY_MS, longestMs: 730 * DAY_MS };

/** The personal pages of hamlet heads. */
@Injectable()
export class ConfirmationLinkService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly address: PublicAddress,
  ) {}

  /** @throws confirmations.linkThere while the hamlet has one that is not revoked */
  async create(actor: Actor, wanted: NewConfirmationLink): Promise<IssuedConfirmationLink> {
    const headName = cleanLine(wanted.headName);
    if (headName === '') throw confirmationProblem('confirmations.headMissing');
    const { token, tokenSha256 } = newToken();
    return this.database.write(
      async (tx) => {
        const hamlet = await this.areas.seen(tx.manager, actor, wanted.hamletId);
        actor.demand('confirmation.manage', hamlet.path);
        if (hamlet.kind !== 'hamlet') throw confirmationProblem('confirmations.notHamlet');
        const there = { hamletId: hamlet.id, revokedAtMs: IsNull() };
        const living = await tx.manager.findOneBy(ConfirmationLink, there);
        if (living) throw confirmationProblem('confirmations.linkThere', { name: living.headName });
        const nowMs = this.clock.nowMs();
        const link: ConfirmationLink = {
          id: newId(),
          tokenSha256,
          hamletId: hamlet.id,
          areaPath: hamlet.path,
          headName,
          contact: wanted.contact === null ? null : cleanLine(wanted.contact) || null,
          validUntilMs: endOf(wanted.validUntilMs, nowMs),
          revokedAtMs: null,
          createdBy: actor.accountId,
          createdByName: actor.name,
          createdAtMs: nowMs,
          lastUsedAtMs: null,
        };
        await tx.manager.insert(ConfirmationLink, link);
        await this.#record(tx, actor, link, 'confirmations.linkCreated');
        return this.#issued(link, token);
      },
      { isolation: 'serializable' },
    );
  }

  /** The newest first, revoked and expired ones too. */
  async list(actor: Actor, { areaId }: ConfirmationLinkQuery): Promise<ConfirmationLinkView[]> {
    return this.database.read(async (reader) => {
      const area = areaId === undefined ? null : await this.areas.seen(reader, actor, areaId);
      const scopes = scopesWithin(actor, 'confirmation.manage', area?.path ?? null);
      if (scopes.length === 0) return [];
      const links = await reader
        .createQueryBuilder(ConfirmationLink, 'link')
        .where(...underAny(reader, 'link.areaPath', scopes))
        .orderBy('link.createdAtMs', 'DESC')
        .addOrderBy('link.id', 'DESC')
        .limit(MOST_LISTED)
        .getMany();
      return links.map(viewOf);
    });
  }

  /** A new address; the old one is dead with the commit. */
  async renew(actor: Actor, id: string, { validUntilMs }: ConfirmationLinkRenewal): Promise<IssuedConfirmationLink> {
    const { token, tokenSha256 } = newToken();
    return this.database.write(async (tx) => {
      const link = await this.#managed(tx, actor, id);
      if (link.revokedAtMs !== null) throw confirmationProblem('confirmations.linkRevoked');
      const nowMs = this.clock.nowMs();
      const kept = validUntilMs === null && isOpen(link, nowMs);
      const end = kept ? link.validUntilMs : endOf(validUntilMs, nowMs);
      const renewed: ConfirmationLink = { ...link, tokenSha256, validUntilMs: end };
      await tx.manager.save(ConfirmationLink, renewed);
      await this.#record(tx, actor, link, 'confirmations.linkRenewed');
      return this.#issued(renewed, token);
    });
  }

  /** At once, and for good; answers that came by it stay. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.database.write(async (tx) => {
      const link = await this.#managed(tx, actor, id);
      if (link.revokedAtMs !== null) return;
      await tx.manager.update(ConfirmationLink, { id }, { revokedAtMs: this.clock.nowMs() });
      await this.#record(tx, actor, link, 'confirmations.linkRevoked');
    });
  }

  /** The link behind a token, if it may be used now. @throws confirmations.linkUnknown, the same for every reason */
  async open(reader: EntityManager, token: string): Promise<ConfirmationLink> {
    const tokenSha256 = hashOfToken(token);
    const link = tokenSha256 === null ? null : await reader.findOneBy(ConfirmationLink, { tokenSha256 });
    if (!link || !isOpen(link, this.clock.nowMs())) throw confirmationProblem('confirmations.linkUnknown');
    return link;
  }

  /** The same to answer with: looked at again, for it may have been revoked a moment ago. */
  async openToAnswer(tx: WriteTransaction, token: string): Promise<ConfirmationLink> {
    const link = await this.open(tx.manager, token);
    await tx.manager.update(ConfirmationLink, { id: link.id }, { lastUsedAtMs: this.clock.nowMs() });
    return link;
  }

  async #managed(tx: WriteTransaction, actor: Actor, id: string): Promise<ConfirmationLink> {
    const link = await tx.manager.findOneBy(ConfirmationLink, { id });
    if (!link || !actor.may('coverage.read', link.areaPath)) throw confirmationProblem('confirmations.linkGone');
    actor.demand('confirmation.manage', link.areaPath);
    return link;
  }

  #issued(link: ConfirmationLink, token: string): IssuedConfirmationLink {
    const address = `${this.address.http}/nghe/${token}`;
    return { ...viewOf(link), address, qrSvg: qrSvg(address) };
  }

  #record(tx: WriteTransaction, actor: Actor, { id, areaPath, headName }: ConfirmationLink, action: string) {
    return this.audit.add(tx, actor, { action, subject: id, areaPath, detail: { headName } });
  }
}

function endOf(wantedMs: number | null, nowMs: number): number {
  const end = termEnd(wantedMs, nowMs, TERM);
  if (end === null) throw confirmationProblem('confirmations.termWrong', { days: TERM.longestMs / DAY_MS });
  return end;
}

function viewOf(link: ConfirmationLink): ConfirmationLinkView {
  const { id, hamletId, headName, contact, validUntilMs, revokedAtMs, createdByName, createdAtMs, lastUsedAtMs } = link;
  return { id, hamletId, headName, contact, validUntilMs, revokedAtMs, createdByName, createdAtMs, lastUsedAtMs };
}
