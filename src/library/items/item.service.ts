import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { fold } from '../../platform/i18n/index.js';
import { isSpoken } from '../engine/kinds.js';
import { cleanLine } from '../engine/script-text.js';
import type { SpeechChoice } from '../engine/speech-choice.js';
import { libraryProblem } from '../problems.js';
import { LibraryIndex } from '../search/library.index.js';
import { type FilledNotice, type NoticeRequest, TemplateService } from '../templates/template.service.js';
import type { ItemView, MetadataChange, NewItem, VersionView } from './item.api.js';
import { Item, type ItemVersion, type Metadata } from './item.entity.js';
import { acceptedMetadata, acceptedText, optionalText, relayOf, sameFields } from './item.input.js';
import { itemView, seenItem, seenVersions, seenVersionView, seenView, versionOf } from './item.queries.js';
import { type Content, contentOf, ItemVersions, sha256Of } from './item.versions.js';

/** What a room that makes a draft for somebody knows beside what an author types. */
export interface DraftOrigin {
  readonly requestId?: string | null;
  /** A recording that lies in the store already. */
  readonly uploadSha256?: string | null;
  readonly speakerName?: string | null;
}

@Injectable()
export class ItemService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly versions: ItemVersions,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly index: LibraryIndex,
    private readonly templates: TemplateService,
  ) {}

  async create(actor: Actor, request: NewItem): Promise<ItemView> {
    return this.database.write(async (tx) => itemView(tx.manager, await this.draft(tx, actor, request)));
  }

  /** Makes an item with its first version, inside the transaction of another room. */
  async draft(tx: WriteTransaction, actor: Actor, request: NewItem, origin: DraftOrigin = {}): Promise<Item> {
    const area = await this.areas.get(actor, request.areaId);
    actor.demand('library.write', area.path);
    const id = newId();
    const { language } = request;
    const notice =
      request.kind === 'notice'
        ? await this.templates.fill(tx.manager, { areaPath: area.path, language }, request)
        : null;
    const metadata = acceptedMetadata(metadataFor(request, notice));
    const item: Item = {
      ...metadata,
      id,
      groupId: await this.#groupOf(tx, actor, request, id),
      areaId: area.id,
      areaPath: area.path,
      kind: request.kind,
      titleFolded: fold(metadata.title),
      language,
      planLineId: request.planLineId,
      requestId: origin.requestId ?? null,
      createdBy: actor.accountId,
      createdAtMs: this.clock.nowMs(),
      currentVersion: 1,
      approvedVersion: null,
    };
    await tx.manager.save(Item, item);
    await this.versions.addFirst(tx, actor, item, { ...contentFor(request, notice), ...fromOrigin(origin) });
    await this.#record(tx, actor, item, 'library.created', { title: item.title, requestId: item.requestId });
    return item;
  }

  async get(actor: Actor, id: string): Promise<ItemView> {
    return this.database.read((reader) => seenView(reader, actor, id));
  }

  /** One version, however old, as it was made. */
  async version(actor: Actor, id: string, n: number): Promise<VersionView> {
    return this.database.read((reader) => seenVersionView(reader, actor, id, n));
  }

  /** @param before of these the newest; undefined: of all */
  async versionsBefore(actor: Actor, id: string, before: number | undefined): Promise<VersionView[]> {
    return this.database.read((reader) => seenVersions(reader, actor, id, before));
  }

  /**
   * A changed text is a new version; the old one stays readable. The same text changes nothing, except that audio which
   * could not be made is tried again.
   */
  async setText(actor: Actor, id: string, raw: string): Promise<ItemView> {
    const text = acceptedText(raw);
    return this.#edit(actor, id, async (tx, item, current) => {
      const alive = current.status === 'draft' || current.status === 'pending' || current.status === 'approved';
      if (alive && current.textSha256 === sha256Of(text)) {
        if (current.audioState !== 'ready') await this.versions.startRendering(tx, item, current);
        return;
      }
      // A transcript does not change what was recorded; a script read aloud by a person must be read again.
      const kept = item.kind === 'recording';
      const { uploadSha256, speakerName } = current;
      const sound = kept ? { uploadSha256, speakerName } : { uploadSha256: null, speakerName: null };
      await this.versions.add(tx, actor, item, { ...contentOf(current), text, ...sound });
      await this.#record(tx, actor, item, 'library.textChanged', { version: item.currentVersion + 1 });
    });
  }

  /** Every edit is a new version; sound that it does not touch is kept. The plan line is no part of a version. */
  async setMetadata(actor: Actor, id: string, { planLineId, ...change }: MetadataChange): Promise<ItemView> {
    const metadata = acceptedMetadata(change);
    return this.#edit(actor, id, async (tx, item, current) => {
      if (planLineId !== undefined && planLineId !== item.planLineId) {
        await tx.manager.update(Item, { id }, { planLineId });
        await this.#record(tx, actor, item, 'library.planLineChanged', { from: item.planLineId, to: planLineId });
      }
      if (sameFields(metadata, item)) return this.index.update(tx, id);
      const changed = { ...item, ...metadata, ...(planLineId === undefined ? {} : { planLineId }) };
      await this.versions.add(tx, actor, changed, contentOf(current));
      await this.#record(tx, actor, item, 'library.metadataChanged', { version: item.currentVersion + 1 });
    });
  }

  /** How the text is spoken: another sound, so another version. */
  async setSpeech(actor: Actor, id: string, speech: SpeechChoice | null): Promise<ItemView> {
    return this.#edit(actor, id, async (tx, item, current) => {
      if (!isSpoken(item.kind)) throw libraryProblem('library.kindWrong');
      if (JSON.stringify(speech) === JSON.stringify(current.speech)) return;
      await this.versions.add(tx, actor, item, { ...contentOf(current), speech });
      await this.#record(tx, actor, item, 'library.speechChanged', { version: item.currentVersion + 1 });
    });
  }

  async setStream(actor: Actor, id: string, streamUrl: string): Promise<ItemView> {
    const content = relayOf(streamUrl);
    return this.#edit(actor, id, async (tx, item, current) => {
      if (item.kind !== 'relay') throw libraryProblem('library.kindWrong');
      if (JSON.stringify(content) === JSON.stringify(current.content)) return;
      await this.versions.add(tx, actor, item, { ...contentOf(current), content });
      await this.#record(tx, actor, item, 'library.contentChanged', { version: item.currentVersion + 1 });
    });
  }

  /** The fields of a notice; its text is made from them anew, also where somebody had changed it by hand. */
  async setFields(actor: Actor, id: string, request: NoticeRequest): Promise<ItemView> {
    return this.#edit(actor, id, async (tx, item, current) => {
      if (item.kind !== 'notice') throw libraryProblem('library.kindWrong');
      const before = current.content?.kind === 'notice' ? current.content : null;
      const { text, content } = await this.templates.fill(tx.manager, item, request, before);
      if (current.textSha256 === sha256Of(text) && JSON.stringify(content) === JSON.stringify(before)) return;
      // What a person had read aloud no longer says what is written.
      const changed = { ...contentOf(current), text, content, uploadSha256: null, speakerName: null };
      await this.versions.add(tx, actor, item, changed);
      await this.#record(tx, actor, item, 'library.contentChanged', { version: item.currentVersion + 1 });
    });
  }

  #edit(
    actor: Actor,
    id: string,
    change: (tx: WriteTransaction, item: Item, current: ItemVersion) => Promise<void>,
  ): Promise<ItemView> {
    return this.database.write(async (tx) => {
      const item = await seenItem(tx.manager, actor, id);
      actor.demand('library.write', item.areaPath);
      await change(tx, item, await versionOf(tx.manager, id, item.currentVersion));
      return itemView(tx.manager, await seenItem(tx.manager, actor, id));
    });
  }

  /** Language versions of one content belong together, and there is one a language. */
  async #groupOf(tx: WriteTransaction, actor: Actor, request: NewItem, own: string): Promise<string> {
    if (request.languageOf === null) return own;
    const { groupId, areaId } = await seenItem(tx.manager, actor, request.languageOf);
    if (areaId !== request.areaId) throw libraryProblem('library.languageElsewhere');
    if (await tx.manager.existsBy(Item, { groupId, language: request.language }))
      throw libraryProblem('library.languageTaken');
    return groupId;
  }

  #record(tx: WriteTransaction, actor: Actor, item: Item, action: string, detail: Record<string, unknown>) {
    return this.audit.add(tx, actor, { action, subject: item.id, areaPath: item.areaPath, detail });
  }
}

function contentFor(request: NewItem, notice: FilledNotice | null): Content {
  const nothing: Content = { text: null, content: null, speech: null, uploadSha256: null, speakerName: null };
  switch (request.kind) {
    case 'script':
      return { ...nothing, text: acceptedText(request.text), speech: request.speech };
    case 'boardText':
      return { ...nothing, text: acceptedText(request.text) };
    case 'notice':
      return { ...nothing, text: notice?.text ?? null, content: notice?.content ?? null, speech: request.speech };
    case 'relay':
      return { ...nothing, text: optionalText(request.text), content: relayOf(request.streamUrl) };
    default:
      return { ...nothing, text: optionalText(request.text) };
  }
}

/** What the author of a notice leaves out, its template says. A category of third parties is never left out. */
const metadataFor = (request: NewItem, notice: FilledNotice | null): Metadata =>
  request.kind !== 'notice'
    ? request
    : {
        ...request,
        title: request.title || (notice?.title ?? ''),
        topic: request.topic || (notice?.defaults.topic ?? ''),
        field: request.field ?? notice?.defaults.field ?? 1,
        thirdParty: request.thirdParty ?? notice?.defaults.thirdParty ?? null,
      };

const fromOrigin = ({ uploadSha256, speakerName }: DraftOrigin): Partial<Content> => ({
  ...(uploadSha256 ? { uploadSha256 } : {}),
  ...(speakerName ? { speakerName: cleanLine(speakerName) } : {}),
});
