import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { cleanLine } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { type Actor, PublicAddress } from '../../platform/http/index.js';
import { hashOfToken, isOpen, newToken, termEnd } from '../../platform/links/index.js';
import { LONGEST_TERM_MS, USUAL_TERM_MS } from '../engine/limits.js';
import { requestsProblem } from '../problems.js';
import type { IssuedLink, LinkQuery, LinkRenewal, LinkView, NewLink } from './request-link.api.js';
import { RequestLink } from './request-link.entity.js';

const MOST_LISTED = 1_000;

/** Addresses given to people without an account. */
@Injectable()
export class RequestLinkService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly address: PublicAddress,
  ) {}

  async create(actor: Actor, wanted: NewLink): Promise<IssuedLink> {
    const senderName = cleanLine(wanted.senderName);
    if (senderName === '') throw requestsProblem('requests.senderMissing');
    const { token, tokenSha256 } = newToken();
    return this.database.write(async (tx) => {
      const area = await this.areas.get(actor, wanted.areaId);
      actor.demand('request.manage', area.path);
      if (area.kind !== 'commune' && area.kind !== 'hamlet') throw requestsProblem('requests.areaWrong');
      const nowMs = this.clock.nowMs();
      const link: RequestLink = {
        id: newId(),
        tokenSha256,
        areaId: area.id,
        areaPath: area.path,
        senderKind: wanted.senderKind,
        senderName,
        contact: wanted.contact === null ? null : cleanLine(wanted.contact) || null,
        mostPerDay: wanted.mostPerDay,
        validUntilMs: endOf(wanted.validUntilMs, nowMs),
        revokedAtMs: null,
        createdBy: actor.accountId,
        createdByName: actor.name,
        createdAtMs: nowMs,
        lastUsedAtMs: null,
      };
      await tx.manager.insert(RequestLink, link);
      await this.#record(tx, actor, link, 'requests.linkCreated');
      return this.#issued(link, token);
    });
  }

  /** The newest first, revoked and expired ones too. */
  async list(actor: Actor, { areaId }: LinkQuery): Promise<LinkView[]> {
    const scopes = actor.scopes('request.read');
    if (scopes.length === 0) return [];
    const area = areaId === undefined ? null : await this.areas.get(actor, areaId);
    return this.database.read(async (reader) => {
      const select = reader.createQueryBuilder(RequestLink, 'link').where(
        new Brackets((any) => {
          for (const [i, scope] of scopes.entries())
            any.orWhere(`link.areaPath LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` });
        }),
      );
      if (area) select.andWhere('link.areaPath LIKE :under', { under: `${area.path}%` });
      const links = await select
        .orderBy('link.createdAtMs', 'DESC')
        .addOrderBy('link.id', 'DESC')
        .limit(MOST_LISTED)
        .getMany();
      return links.map(viewOf);
    });
  }

  /** A new address; the old one is dead with the commit. */
  async renew(actor: Actor, id: string, { validUntilMs }: LinkRenewal): Promise<IssuedLink> {
    const { token, tokenSha256 } = newToken();
    return this.database.write(async (tx) => {
      const link = await this.#managed(tx, actor, id);
      if (link.revokedAtMs !== null) throw requestsProblem('requests.linkRevoked');
      const nowMs = this.clock.nowMs();
      const kept = validUntilMs === null && isOpen(link, nowMs);
      const renewed: RequestLink = {
        ...link,
        tokenSha256,
        validUntilMs: kept ? link.validUntilMs : endOf(validUntilMs, nowMs),
      };
      await tx.manager.save(RequestLink, renewed);
      await this.#record(tx, actor, link, 'requests.linkRenewed');
      return this.#issued(renewed, token);
    });
  }

  /** At once, and for good; requests that came by it stay as they are. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.database.write(async (tx) => {
      const link = await this.#managed(tx, actor, id);
      if (link.revokedAtMs !== null) return;
      await tx.manager.update(RequestLink, { id }, { revokedAtMs: this.clock.nowMs() });
      await this.#record(tx, actor, link, 'requests.linkRevoked');
    });
  }

  /** The link behind a token, if it may be used now. @throws requests.linkUnknown, the same for every reason */
  async open(reader: EntityManager, token: string): Promise<RequestLink> {
    const tokenSha256 = hashOfToken(token);
    const link = tokenSha256 === null ? null : await reader.findOneBy(RequestLink, { tokenSha256 });
    if (!link || !isOpen(link, this.clock.nowMs())) throw requestsProblem('requests.linkUnknown');
    return link;
  }

  /**
   * The same inside a transaction that counts what this link has sent: two of them wait for each other here, or the
   * second begins again.
   */
  async openToCount(tx: WriteTransaction, token: string): Promise<RequestLink> {
    const { id } = await this.open(tx.manager, token);
    await tx.manager.update(RequestLink, { id }, { lastUsedAtMs: this.clock.nowMs() });
    return this.open(tx.manager, token);
  }

  async #managed(tx: WriteTransaction, actor: Actor, id: string): Promise<RequestLink> {
    const link = await tx.manager.findOneBy(RequestLink, { id });
    if (!link || !actor.may('request.read', link.areaPath)) throw requestsProblem('requests.linkGone');
    actor.demand('request.manage', link.areaPath);
    return link;
  }

  #issued(link: RequestLink, token: string): IssuedLink {
    return { ...viewOf(link), address: `${this.address.http}/gui/${token}` };
  }

  #record(tx: WriteTransaction, actor: Actor, { id, areaPath, senderName }: RequestLink, action: string) {
    return this.audit.add(tx, actor, { action, subject: id, areaPath, detail: { senderName } });
  }
}

function endOf(wantedMs: number | null, nowMs: number): number {
  const end = termEnd(wantedMs, nowMs, { usualMs: USUAL_TERM_MS, longestMs: LONGEST_TERM_MS });
  if (end === null) throw requestsProblem('requests.termWrong', { days: LONGEST_TERM_MS / 86_400_000 });
  return end;
}

function viewOf(link: RequestLink): LinkView {
  const { id, areaId, senderKind, senderName, contact, mostPerDay, validUntilMs, revokedAtMs } = link;
  const { createdByName, createdAtMs, lastUsedAtMs } = link;
  const what = { id, areaId, senderKind, senderName, contact, mostPerDay, validUntilMs, revokedAtMs };
  return { ...what, createdByName, createdAtMs, lastUsedAtMs };
}
