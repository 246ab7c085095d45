import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type DayLine, linesOf } from '../engine/index.js';
import { scheduleProblem } from '../problems.js';
import { entriesOfArea } from './area-entries.queries.js';
import type { CopyAnswer, CopyRequest } from './copy.api.js';
import { LineLayer } from './line-layer.js';

/** More in one act is a mistake, and nobody reads through it. */
const MOST_LINES = 1_000;

@Injectable()
export class CopyService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly layer: LineLayer,
  ) {}

  /** Copies what entries of exactly this area have on some days to as many others. */
  async copy(actor: Actor, { areaId, from, days, to, dryRun }: CopyRequest): Promise<CopyAnswer> {
    return this.database.write(async (tx) => {
      const area = await this.areas.seen(tx.manager, actor, areaId);
      actor.demand('schedule.write', area.path);
      const lines = await linesOfDays(tx.manager, areaId, from, days);
      return this.layer.lay(tx, actor, area, { lines, to, days, namesHold: true, dryRun });
    });
  }
}

/** @throws Problem when there is too much for one act */
export async function linesOfDays(
  reader: EntityManager,
  areaId: string,
  from: string,
  days: number,
): Promise<DayLine[]> {
  const lines = linesOf(await entriesOfArea(reader, areaId, from, days), from, days, MOST_LINES);
  if (lines.length > MOST_LINES) throw scheduleProblem('schedule.copyTooLarge', { most: MOST_LINES });
  return lines;
}
