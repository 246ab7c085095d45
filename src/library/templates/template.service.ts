import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService, idsUpwards } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { NoticeContent } from '../engine/kinds.js';
import { renderNotice, templateFaults } from '../engine/notice.js';
import type { TemplateDefaults, TemplateText } from '../engine/notice-template.js';
import { cleanLine, cleanText } from '../engine/script-text.js';
import { BUILT_IN_TEMPLATES } from './built-in.js';
import type { NewTemplate, TemplateChange, TemplateView } from './template.api.js';
import { NoticeTemplate } from './template.entity.js';
import { templateProblem } from './template.problems.js';

/** More than anybody looks through. */
const MOST_TEMPLATES = 200;

interface UsedTemplate extends TemplateText, TemplateDefaults {
  readonly id: string;
  readonly version: number;
}

/** A notice as its author fills it in. */
export interface NoticeRequest {
  readonly templateId: string;
  /** Null: the one that the notice was made from, else the newest. */
  readonly templateVersion: number | null;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FilledNotice {
  readonly title: string;
  readonly text: string;
  readonly content: NoticeContent;
  readonly defaults: TemplateDefaults;
}

/** Templates of notices: built in, or an area's own, which hold for everything below it. */
@Injectable()
export class TemplateService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, areaId: string): Promise<TemplateView[]> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.read', area.path);
    const found = await this.database.read((reader) =>
      reader.find(NoticeTemplate, { where: { areaId: In(idsUpwards(area.path)) }, order: { n: 'ASC' } }),
    );
    const newest = new Map(found.map((template) => [template.id, template]));
    const own = [...newest.values()]
      .filter(({ retiredAtMs }) => retiredAtMs === null)
      .sort((a, b) => b.areaPath.length - a.areaPath.length || a.name.localeCompare(b.name, 'vi') || byId(a, b));
    return [...own.map(viewOf), ...BUILT_IN_VIEWS];
  }

  async create(actor: Actor, { areaId, ...change }: NewTemplate): Promise<TemplateView> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.write', area.path);
    const accepted = acceptedTemplate(change);
    return this.database.write(async (tx) => {
      const known = await tx.manager.find(NoticeTemplate, { select: { id: true }, where: { areaId } });
      if (new Set(known.map(({ id }) => id)).size >= MOST_TEMPLATES)
        throw templateProblem('library.templatesFull', { most: MOST_TEMPLATES });
      const place = { id: newId(), n: 1, areaId, areaPath: area.path };
      return this.#save(tx, actor, { ...place, ...accepted, ...this.#changed(actor), retiredAtMs: null }, 'Made');
    });
  }

  /** A new version. What says the same changes nothing. */
  async change(actor: Actor, id: string, change: TemplateChange): Promise<TemplateView> {
    const accepted = acceptedTemplate(change);
    return this.database.write(async (tx) => {
      const before = await this.#alive(tx, actor, id);
      const same = Object.entries(accepted).every(
        ([name, value]) => JSON.stringify(value) === JSON.stringify(before[name as keyof typeof accepted]),
      );
      if (same) return viewOf(before);
      const next = { ...before, ...accepted, n: before.n + 1, ...this.#changed(actor) };
      return this.#save(tx, actor, next, 'Changed');
    });
  }

  /** It makes no new notices from now on; those that were made from it may still be edited. */
  async retire(actor: Actor, id: string): Promise<TemplateView> {
    return this.database.write(async (tx) => {
      const before = await this.#alive(tx, actor, id);
      return this.#save(tx, actor, { ...before, retiredAtMs: this.clock.nowMs() }, 'Retired');
    });
  }

  /**
   * The words of a notice. A notice keeps the version of the template that it was made from, retired or not, until somebody
   * names another.
   * @param before the notice that is filled in anew
   * @throws library.templateUnknown, library.templateRetired, library.templateLanguage, library.noticeFields with each field
   */
  async fill(
    reader: EntityManager,
    place: { readonly areaPath: string; readonly language: string },
    { templateId, templateVersion, fields: given }: NoticeRequest,
    before: NoticeContent | null = null,
  ): Promise<FilledNotice> {
    const kept = before?.templateId === templateId ? before.templateVersion : null;
    const template =
      BUILT_IN_TEMPLATES.find(({ id }) => id === templateId) ??
      (await ownTemplate(reader, place.areaPath, templateId, templateVersion ?? kept, kept));
    if (template.language !== place.language) throw templateProblem('library.templateLanguage');
    const rendered = renderNotice(template, given);
    if ('faults' in rendered) throw templateProblem('library.noticeFields').withErrors(rendered.faults);
    const { title, text, fields } = rendered;
    const { topic, field, thirdParty } = template;
    const content = { kind: 'notice', templateId, templateVersion: template.version, fields } as const;
    return { title, text, content, defaults: { topic, field, thirdParty } };
  }

  async #alive(tx: WriteTransaction, actor: Actor, id: string): Promise<NoticeTemplate> {
    if (BUILT_IN_TEMPLATES.some((each) => each.id === id)) throw templateProblem('library.templateBuiltIn');
    const template = await newestOf(tx.manager, id);
    if (!template || !actor.may('library.read', template.areaPath)) throw templateProblem('library.templateUnknown');
    actor.demand('library.write', template.areaPath);
    if (template.retiredAtMs !== null) throw templateProblem('library.templateRetired');
    return template;
  }

  async #save(tx: WriteTransaction, actor: Actor, template: NoticeTemplate, deed: string): Promise<TemplateView> {
    await tx.manager.save(NoticeTemplate, template);
    await this.audit.add(tx, actor, {
      action: `library.template${deed}`,
      subject: template.id,
      areaPath: template.areaPath,
      detail: { name: template.name, version: template.n },
    });
    return viewOf(template);
  }

  #changed(actor: Actor) {
    return { changedBy: actor.accountId, changedByName: actor.name, changedAtMs: this.clock.nowMs() };
  }
}

const newestOf = (reader: EntityManager, id: string): Promise<NoticeTemplate | null> =>
  reader.findOne(NoticeTemplate, { where: { id }, order: { n: 'DESC' } });

/** @param n the version asked for; null: the newest @param kept the one that may be used although it is retired */
async function ownTemplate(
  reader: EntityManager,
  areaPath: string,
  id: string,
  n: number | null,
  kept: number | null,
): Promise<UsedTemplate> {
  const newest = await newestOf(reader, id);
  if (!newest || !idsUpwards(areaPath).includes(newest.areaId)) throw templateProblem('library.templateUnknown');
  const retired = newest.retiredAtMs !== null && (n === null || n !== kept);
  if (retired) throw templateProblem('library.templateRetired');
  const found = n === null ? newest : await reader.findOneBy(NoticeTemplate, { id, n });
  if (!found) throw templateProblem('library.templateUnknown');
  return { ...found, version: found.n };
}

/** Cleaned as texts are. @throws library.templateWrong with what is wrong where */
function acceptedTemplate(change: TemplateChange): TemplateChange {
  const accepted: TemplateChange = {
    name: cleanLine(change.name),
    language: change.language,
    title: cleanLine(change.title),
    body: cleanText(change.body),
    fields: change.fields.map((field) => ({
      key: field.key,
      label: { vi: cleanLine(field.label.vi), en: cleanLine(field.label.en) || cleanLine(field.label.vi) },
      kind: field.kind,
      required: field.required,
      longest: field.longest,
      example: cleanLine(field.example),
    })),
    topic: cleanLine(change.topic),
    field: change.field,
    thirdParty: change.thirdParty,
  };
  const faults = templateFaults(accepted);
  if (faults.length > 0) throw templateProblem('library.templateWrong').withErrors(faults);
  return accepted;
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

function viewOf(template: NoticeTemplate): TemplateView {
  const { id, n, areaId, name, language, title, body, topic, field, thirdParty } = template;
  const { changedByName, changedAtMs, retiredAtMs } = template;
  const fields = template.fields.map((each) => ({ ...each, label: { ...each.label } }));
  const said = { name, language, title, body, fields, topic, field, thirdParty };
  return { id, version: n, areaId, ...said, changedByName, changedAtMs, retiredAtMs };
}

const BUILT_IN_VIEWS: readonly TemplateView[] = BUILT_IN_TEMPLATES.map((template) => ({
  ...template,
  fields: template.fields.map((each) => ({ ...each, label: { ...each.label } })),
  areaId: null,
  changedByName: null,
  changedAtMs: null,
  retiredAtMs: null,
}));
