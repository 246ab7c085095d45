import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService, covers } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { pathsAbove } from '../engine/index.js';
import { KnownRules } from '../entries/known-rules.js';
import { scheduleProblem } from '../problems.js';
import type { CopyAnswer } from './copy.api.js';
import { linesOfDays } from './copy.service.js';
import { LineLayer } from './line-layer.js';
import type { NewTemplate, TemplateUse, TemplateView } from './template.api.js';
import { ScheduleTemplate } from './template.entity.js';

@Injectable()
export class TemplateService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly layer: LineLayer,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Keeps what entries of exactly this area have on some days. */
  async make(actor: Actor, { areaId, title, from, days }: NewTemplate): Promise<TemplateView> {
    // What is on these days is kept as it was when it was asked for: nothing is worked out inside the write.
    const [area, lines] = await this.database.read(async (reader) => {
      const found = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.write', found.path);
      return [found, await linesOfDays(reader, found.path, from, days, new KnownRules())] as const;
    });
    return this.database.write(async (tx) => {
      if (lines.length === 0) throw scheduleProblem('schedule.templateEmpty');
      const template: ScheduleTemplate = {
        ...{ id: newId(), areaId, areaPath: area.path, title },
        // Whose occurrences they were no longer matters: a template outlives them.
        lines: lines.map((line) => ({ ...line, source: null })),
        ...{ createdByName: actor.name, createdAtMs: this.clock.nowMs() },
      };
      await tx.manager.insert(ScheduleTemplate, template);
      const said = { action: 'schedule.templateMade', subject: template.id, areaPath: area.path };
      await this.audit.add(tx, actor, { ...said, detail: { title, starts: lines.length } });
      return viewOf(template);
    });
  }

  /** Those of the area and of the offices above it, oldest first. */
  async list(actor: Actor, areaId: string): Promise<TemplateView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      const where = { areaPath: In(pathsAbove(area.path)) };
      return (await reader.find(ScheduleTemplate, { where, order: { createdAtMs: 'ASC', id: 'ASC' } })).map(viewOf);
    });
  }

  /** Makes the entries of a template from a day on. */
  async apply(actor: Actor, id: string, { areaId, to, dryRun }: TemplateUse): Promise<CopyAnswer> {
    return this.layer.lay(actor, dryRun, async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.write', area.path);
      const template = await known(reader, id, (path) => covers(path, area.path));
      const namesHold = template.areaId === area.id;
      return { area, lines: template.lines, to, days: daysOf(template), namesHold };
    });
  }

  /** What was made from it stays. */
  async remove(actor: Actor, id: string): Promise<TemplateView> {
    return this.database.write(async (tx) => {
      const template = await known(tx.manager, id, (path) => actor.may('schedule.read', path));
      const { areaPath, title } = template;
      actor.demand('schedule.write', areaPath);
      await tx.manager.delete(ScheduleTemplate, { id });
      await this.audit.add(tx, actor, { action: 'schedule.templateDeleted', subject: id, areaPath, detail: { title } });
      return viewOf(template);
    });
  }
}

async function known(
  reader: EntityManager,
  id: string,
  isSeen: (areaPath: string) => boolean,
): Promise<ScheduleTemplate> {
  const template = await reader.findOneBy(ScheduleTemplate, { id });
  if (!template || !isSeen(template.areaPath)) throw scheduleProblem('schedule.templateUnknown');
  return template;
}

const daysOf = ({ lines }: ScheduleTemplate): number => Math.max(...lines.map(({ day }) => day)) + 1;

/** Its lines may name clusters of the office that made it, so they are not shown below (invariant 9). */
function viewOf(template: ScheduleTemplate): TemplateView {
  const { id, areaId, title, lines, createdByName, createdAtMs } = template;
  return { id, areaId, title, starts: lines.length, days: daysOf(template), createdByName, createdAtMs };
}
