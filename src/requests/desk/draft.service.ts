import { Inject, Injectable } from '@nestjs/common';
import { DocumentProblem, type ExtractedDocument, extractDocument } from '../../../documents/index.js';
import { Audit } from '../../accounts/index.js';
import {
  cleanText,
  type DraftOrigin,
  ItemService,
  LONGEST_TEXT,
  type NewItem,
  newItem,
  textFault,
} from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { type DraftSource, draftSource } from '../engine/draft-source.js';
import { requestsProblem } from '../problems.js';
import type { DraftAnswer, DraftWish } from './request.api.js';
import { type SentFile, SentRequest } from './request.entity.js';
import { RequestNotices } from './request.notices.js';
import { seenRequest, viewOf } from './request.queries.js';

/** What stands in the draft, found before the transaction begins. */
interface Draft {
  readonly item: NewItem;
  readonly origin: DraftOrigin;
  readonly notes: readonly string[];
}

/** LoaiLinhVuc of the national source-information system. */
const FIELD = { usual: 1, sudden: 2 } as const;

/** One tap: a request becomes a draft that keeps who asked. */
@Injectable()
export class DraftService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly items: ItemService,
    private readonly notices: RequestNotices,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Tapped twice, or by two at the same moment, it is one draft: that of the first. */
  async draft(actor: Actor, id: string, { from }: DraftWish): Promise<DraftAnswer> {
    const request = await this.database.read((reader) => seenRequest(reader, actor, id));
    actor.demand('request.manage', request.areaPath);
    const made = draftedBefore(request);
    if (made) return made;
    const source = draftSource(request, from);
    if (!source) throw requestsProblem('requests.sourceMissing');
    const draft = await this.#draftFrom(request, source);
    return this.database.write(async (tx) => {
      const now = await seenRequest(tx.manager, actor, id);
      return draftedBefore(now) ?? this.#record(tx, actor, now, source, draft);
    });
  }

  async #record(
    tx: WriteTransaction,
    actor: Actor,
    request: SentRequest,
    source: DraftSource,
    { item: wanted, origin, notes }: Draft,
  ): Promise<DraftAnswer> {
    const { id, areaPath, senderName } = request;
    const decided = { decidedBy: actor.accountId, decidedByName: actor.name, decidedAtMs: this.clock.nowMs() };
    // First, so that of two who tap at once the second waits here, then begins again and finds the draft of the first.
    await tx.manager.update(SentRequest, { id }, decided);
    const { id: itemId } = await this.items.draft(tx, actor, wanted, origin);
    const drafted = { status: 'drafted' as const, itemId, notes: [...new Set([...request.notes, ...notes])] };
    await tx.manager.update(SentRequest, { id }, drafted);
    await this.notices.settle(tx, id);
    await this.audit.add(tx, actor, {
      action: 'requests.drafted',
      subject: id,
      areaPath,
      detail: { itemId, senderName, ...source },
    });
    return { itemId, alreadyDrafted: false, request: viewOf({ ...request, ...decided, ...drafted }) };
  }

  async #draftFrom(request: SentRequest, source: DraftSource): Promise<Draft> {
    const origin = { requestId: request.id };
    switch (source.from) {
      case 'text':
        return { item: script(request, request.text ?? ''), origin, notes: [] };
      case 'recording': {
        const uploadSha256 = request.files[source.file]?.sha256 ?? null;
        const spoken = { ...origin, uploadSha256, speakerName: request.senderName };
        return {
          item: newItem.parse({ ...common(request), kind: 'recording', text: request.text }),
          origin: spoken,
          notes: [],
        };
      }
      case 'document': {
        const { text, notes } = await this.#textOf(request, source.file);
        return { item: script(request, text), origin, notes };
      }
    }
  }

  async #textOf(
    request: SentRequest,
    n: number,
  ): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
    const file = request.files[n];
    if (!file || !(await this.store.has(file.sha256))) throw requestsProblem('requests.sourceMissing');
    const { text, notes } = await this.#read(file, n);
    // The library would say so too, but not what to do with a file.
    if (textFault(cleanText(text)) === 'tooLong')
      throw requestsProblem('requests.documentTooLong', { most: LONGEST_TEXT });
    return { text, notes };
  }

  async #read({ sha256, fileName }: SentFile, n: number): Promise<ExtractedDocument> {
    try {
      return await extractDocument({ path: this.store.path(sha256), name: fileName });
    } catch (error) {
      if (!(error instanceof DocumentProblem)) throw error;
      const { code, detail } = error;
      this.log.warn({ sha256, code, detail }, 'no text could be taken from a sent document');
      throw requestsProblem('requests.documentUnreadable').withErrors([{ at: `files.${n}`, code }]);
    }
  }
}

/** @throws requests.decided when it was declined */
function draftedBefore(request: SentRequest): DraftAnswer | null {
  if (request.status === 'declined') throw requestsProblem('requests.decided');
  if (request.itemId === null) return null;
  return { itemId: request.itemId, alreadyDrafted: true, request: viewOf(request) };
}

const common = ({ areaId, title, language, senderName, thirdParty, urgent }: SentRequest) => ({
  areaId,
  title,
  language,
  sourceOffice: senderName,
  thirdParty,
  field: urgent ? FIELD.sudden : FIELD.usual,
});

const script = (request: SentRequest, text: string): NewItem =>
  newItem.parse({ ...common(request), kind: 'script', text });
