import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThanOrEqual } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { cleanLine, cleanText, LibraryService, LONGEST_TEXT, textFault } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { RequestFile, type SentFile, SentRequest } from '../desk/request.entity.js';
import { RequestNotices } from '../desk/request.notices.js';
import { dayStartMs, MOST_FILES, UNCLAIMED_MS } from '../engine/limits.js';
import { notesOn, type SentNote, titleFor } from '../engine/sent-text.js';
import type { RequestLink } from '../links/request-link.entity.js';
import { RequestLinkService } from '../links/request-link.service.js';
import { requestsProblem } from '../problems.js';
import type { ReceivedView, SenderView, SentRequestBody, SentView } from './public.api.js';
import { PublicTraffic } from './public-traffic.js';
import { MOST_FILE_BYTES } from './sent-file.js';

const SHOWN = 20;

/** The side without an account: who has a link sees and sends their own requests. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly database: Database,
    private readonly links: RequestLinkService,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly notices: RequestNotices,
    private readonly audit: Audit,
    private readonly traffic: PublicTraffic,
    private readonly clock: Clock,
  ) {}

  async sender(token: string): Promise<SenderView> {
    return this.database.read(async (reader) => {
      const link = await this.links.open(reader, token);
      const { senderKind, senderName, validUntilMs, mostPerDay, areaId } = link;
      const area = await this.areas.byId(reader, areaId);
      const requests = await reader.find(SentRequest, {
        where: { linkId: link.id },
        order: { receivedAtMs: 'DESC', id: 'DESC' },
        take: SHOWN,
      });
      return {
        senderKind,
        senderName,
        areaName: area?.name ?? '',
        validUntilMs,
        mostPerDay,
        leftToday: await this.#leftToday(reader, link),
        longestText: LONGEST_TEXT,
        mostFiles: MOST_FILES,
        mostFileBytes: MOST_FILE_BYTES,
        requests: await this.#sentViews(reader, requests),
      };
    });
  }

  /** @param clientKey a repeated one answers with the request that it made first */
  async send(token: string, clientKey: string, body: SentRequestBody): Promise<ReceivedView> {
    const { linkId, earlier } = await this.database.read(async (reader) => {
      const link = await this.links.open(reader, token);
      return { linkId: link.id, earlier: await this.#received(reader, link, clientKey) };
    });
    if (earlier) return earlier;
    this.traffic.send(linkId);
    const content = cleaned(body);
    return this.database.write(async (tx) => {
      const link = await this.links.openToCount(tx, token);
      const known = await this.#received(tx.manager, link, clientKey);
      if (known) return known;
      if ((await this.#leftToday(tx.manager, link)) <= 0)
        throw requestsProblem('requests.tooManyToday', { most: link.mostPerDay });
      const request = await this.#insert(tx, link, clientKey, body, content);
      await this.notices.arrived(tx, request);
      const { id: subject, areaPath, senderName, title } = request;
      await this.audit.add(tx, null, {
        action: 'requests.received',
        subject,
        areaPath,
        detail: { senderName, title, linkId: link.id },
      });
      return this.#view(tx.manager, link, request);
    });
  }

  async #insert(
    tx: WriteTransaction,
    link: RequestLink,
    clientKey: string,
    { language, thirdParty, urgent, files }: SentRequestBody,
    { title, text, wanted, notes }: ReturnType<typeof cleaned>,
  ): Promise<SentRequest> {
    const { areaId, areaPath, senderKind, senderName, contact } = link;
    const id = newId();
    const attached = await this.#claim(tx, link, id, files);
    if (text === null && attached.length === 0) throw requestsProblem('requests.nothingSent');
    const request: SentRequest = {
      id,
      linkId: link.id,
      clientKey,
      areaId,
      areaPath,
      senderKind,
      senderName,
      contact,
      title: titleFor(title, text, senderName),
      text,
      language,
      files: attached,
      thirdParty,
      wanted,
      urgent,
      receivedAtMs: this.clock.nowMs(),
      notes,
      status: 'new',
      itemId: null,
      decidedBy: null,
      decidedByName: null,
      decidedAtMs: null,
      reason: null,
    };
    await tx.manager.insert(SentRequest, request);
    return request;
  }

  /** Files of this very link that no other request has and that are not forgotten yet. */
  async #claim(
    tx: WriteTransaction,
    link: RequestLink,
    requestId: string,
    ids: readonly string[],
  ): Promise<SentFile[]> {
    const attached: SentFile[] = [];
    const fresh = MoreThanOrEqual(this.clock.nowMs() - UNCLAIMED_MS);
    for (const id of new Set(ids)) {
      const mine = { id, linkId: link.id, requestId: IsNull(), createdAtMs: fresh };
      const file = await tx.manager.findOneBy(RequestFile, mine);
      if (!file) throw requestsProblem('requests.fileUnknown');
      await tx.manager.update(RequestFile, { id }, { requestId });
      const { sha256, fileName, type, family, bytes } = file;
      attached.push({ sha256, fileName, type, family, bytes });
    }
    return attached;
  }

  async #leftToday(reader: EntityManager, { id: linkId, mostPerDay }: RequestLink): Promise<number> {
    const receivedAtMs = MoreThanOrEqual(dayStartMs(this.clock.nowMs()));
    return Math.max(0, mostPerDay - (await reader.countBy(SentRequest, { linkId, receivedAtMs })));
  }

  async #received(reader: EntityManager, link: RequestLink, clientKey: string): Promise<ReceivedView | null> {
    const request = await reader.findOneBy(SentRequest, { linkId: link.id, clientKey });
    return request && this.#view(reader, link, request);
  }

  async #view(reader: EntityManager, link: RequestLink, request: SentRequest): Promise<ReceivedView> {
    const [view] = await this.#sentViews(reader, [request]);
    if (!view) throw new Error('a request without a view');
    const notes = request.notes as readonly SentNote[];
    return { ...view, leftToday: await this.#leftToday(reader, link), notes: [...notes] };
  }

  async #sentViews(reader: EntityManager, requests: readonly SentRequest[]): Promise<SentView[]> {
    const itemIds = requests.flatMap(({ itemId }) => itemId ?? []);
    const airable = await this.library.airable(reader, itemIds);
    return requests.map(({ id, title, receivedAtMs, urgent, files, status, reason, itemId }) => ({
      id,
      title,
      receivedAtMs,
      urgent,
      files: files.length,
      state: itemId !== null && airable.has(itemId) ? 'approved' : status,
      reason: status === 'declined' ? reason : null,
    }));
  }
}

function cleaned({ title: rawTitle, text: rawText, wanted: rawWanted }: SentRequestBody) {
  const text = cleanText(rawText ?? '');
  if (textFault(text) === 'tooLong') throw requestsProblem('requests.textTooLong', { most: LONGEST_TEXT });
  return {
    title: cleanLine(rawTitle),
    text: text === '' ? null : text,
    wanted: cleanLine(rawWanted ?? '') || null,
    notes: notesOn([rawTitle, rawText ?? '', rawWanted ?? ''].join('\n')),
  };
}
