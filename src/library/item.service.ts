import { Injectable } from '@nestjs/common';
import { Audit } from '../accounts/index.js';
import { AreaService } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { fold } from '../platform/i18n/index.js';
import { cleanLine, cleanText, LONGEST_TEXT, textFault } from './engine/script-text.js';
import type { ItemQuery, ItemSummary, ItemView, NewItem } from './item.api.js';
import { Item } from './item.entity.js';
import { listItems, seenItem, versionOf, versionsOf } from './item.queries.js';
import { ItemVersions, sha256Of } from './item.versions.js';
import { summaryOf, viewOf } from './item.views.js';
import { libraryProblem } from './problems.js';

@Injectable()
export class ItemService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, request: NewItem): Promise<ItemView> {
    const text = request.text === null ? null : acceptedText(request.text);
    const title = cleanLine(request.title);
    if (title === '') throw libraryProblem('library.titleEmpty');
    const { areaId, kind, field, audience, language, planLineId, topic, form, programme, sourceOffice } = request;
    return this.database.write(async (tx) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('library.write', area.path);
      const item: Item = {
        id: newId(),
        areaId,
        areaPath: area.path,
        kind,
        title,
        titleFolded: fold(title),
        topic: cleanLine(topic),
        field,
        audience: audience.map(cleanLine),
        form: cleanLine(form),
        language,
        programme: cleanLine(programme),
        sourceOffice: cleanLine(sourceOffice),
        planLineId,
        createdBy: actor.accountId,
        createdAtMs: this.clock.nowMs(),
        currentVersion: 1,
        approvedVersion: null,
      };
      await tx.manager.insert(Item, item);
      await this.versions.addFirst(tx, actor, item, { text, uploadSha256: null });
      await this.audit.add(tx, actor, {
        action: 'library.created',
        subject: item.id,
        areaPath: item.areaPath,
        detail: { title },
      });
      return viewOf(item, await versionsOf(tx.manager, item.id));
    });
  }

  async list(actor: Actor, { areaId, ...query }: ItemQuery): Promise<ItemSummary[]> {
    return this.database.read(async (reader) => {
      const underPath = areaId === undefined ? undefined : (await this.areas.get(actor, areaId)).path;
      const found = await listItems(reader, actor.scopes('library.read'), { ...query, underPath });
      return found.map(({ item, version }) => summaryOf(item, version));
    });
  }

  async get(actor: Actor, id: string): Promise<ItemView> {
    return this.database.read(async (reader) => {
      const item = await seenItem(reader, actor, id);
      return viewOf(item, await versionsOf(reader, id));
    });
  }

  /**
   * A changed text is a new version; the old one stays readable. The same text changes nothing, except that audio which
   * could not be made is tried again.
   */
  async setText(actor: Actor, id: string, raw: string): Promise<ItemView> {
    const text = acceptedText(raw);
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      actor.demand('library.write', item.areaPath);
      const current = await versionOf(tx.manager, id, item.currentVersion);
      const alive = current.status === 'draft' || current.status === 'pending' || current.status === 'approved';
      if (alive && current.textSha256 === sha256Of(text)) {
        if (current.audioState !== 'ready') await this.versions.startRendering(tx, item, current);
      } else {
        // A transcript does not change what was recorded; a script read aloud by a person must be read again.
        const uploadSha256 = item.kind === 'recording' ? current.uploadSha256 : null;
        await this.versions.add(tx, actor, item, { text, uploadSha256 });
        const detail = { version: item.currentVersion + 1 };
        await this.audit.add(tx, actor, {
          action: 'library.textChanged',
          subject: id,
          areaPath: item.areaPath,
          detail,
        });
      }
      return viewOf(await seenItem(tx.manager, actor, id), await versionsOf(tx.manager, id));
    });
  }
}

function acceptedText(raw: string): string {
  const text = cleanText(raw);
  switch (textFault(text)) {
    case 'empty':
      throw libraryProblem('library.textEmpty');
    case 'tooLong':
      throw libraryProblem('library.textTooLong', { most: LONGEST_TEXT });
    case null:
      return text;
  }
}
