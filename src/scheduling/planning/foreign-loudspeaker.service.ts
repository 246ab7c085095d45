import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { beginsWith, Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { pathsAbove } from '../engine/index.js';
import { scheduleProblem } from '../problems.js';
import type { ForeignLoudspeakerView, NewForeignLoudspeaker } from './foreign-loudspeaker.api.js';
import { ForeignLoudspeaker } from './foreign-loudspeaker.entity.js';

/** Of one area. */
const MOST_KEPT = 1_000;

/** Loudspeakers of others, as an office knows them. */
@Injectable()
export class ForeignLoudspeakerService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Those at or below the area, and those that offices above it noted for themselves. */
  async list(actor: Actor, areaId: string): Promise<ForeignLoudspeakerView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      return (await this.around(reader, area.path)).map(viewOf);
    });
  }

  /** The same, for rooms that have checked the rights. */
  around(reader: EntityManager, path: string): Promise<ForeignLoudspeaker[]> {
    return reader
      .createQueryBuilder(ForeignLoudspeaker, 'loudspeaker')
      .where(
        new Brackets((any) =>
          any
            .where(...beginsWith(reader, 'loudspeaker.areaPath', path))
            .orWhere('loudspeaker.areaPath IN (:...above)', { above: pathsAbove(path) }),
        ),
      )
      .orderBy('loudspeaker.id')
      .getMany();
  }

  /** @throws Problem area.unknown, right.missing, foreignLoudspeaker.tooMany */
  async create(actor: Actor, { areaId, ...given }: NewForeignLoudspeaker): Promise<ForeignLoudspeakerView> {
    return this.database.write(async (tx) => {
      const area = await this.areas.seen(tx.manager, actor, areaId);
      actor.demand('schedule.write', area.path);
      if ((await tx.manager.countBy(ForeignLoudspeaker, { areaId })) >= MOST_KEPT)
        throw scheduleProblem('foreignLoudspeaker.tooMany');
      const loudspeaker: ForeignLoudspeaker = {
        ...given,
        id: newId(),
        areaId,
        areaPath: area.path,
        createdBy: actor.accountId,
        createdByName: actor.name,
        createdAtMs: this.clock.nowMs(),
      };
      await tx.manager.insert(ForeignLoudspeaker, loudspeaker);
      const { id, name } = loudspeaker;
      await this.audit.add(tx, actor, {
        ...{ action: 'foreignLoudspeaker.created', subject: id, areaPath: area.path, detail: { name } },
      });
      return viewOf(loudspeaker);
    });
  }

  /** @throws Problem foreignLoudspeaker.unknown, right.missing */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.database.write(async (tx) => {
      const loudspeaker = await tx.manager.findOneBy(ForeignLoudspeaker, { id });
      if (!loudspeaker || !actor.may('schedule.read', loudspeaker.areaPath))
        throw scheduleProblem('foreignLoudspeaker.unknown');
      const { areaPath, name } = loudspeaker;
      actor.demand('schedule.write', areaPath);
      await tx.manager.delete(ForeignLoudspeaker, { id });
      await this.audit.add(tx, actor, {
        ...{ action: 'foreignLoudspeaker.deleted', subject: id, areaPath, detail: { name } },
      });
    });
  }
}

function viewOf({ areaPath: _path, createdBy: _by, hours, ...view }: ForeignLoudspeaker): ForeignLoudspeakerView {
  return { ...view, hours: hours.map(({ weekdays, ...rest }) => ({ ...rest, weekdays: [...weekdays] })) };
}
