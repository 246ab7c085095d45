import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type DayLine, linesOf } from '../engine/index.js';
import type { KnownRules } from '../entries/known-rules.js';
import { scheduleProblem } from '../problems.js';
import { entriesOfArea } from './area-entries.queries.js';
import type { CopyAnswer, CopyRequest } from './copy.api.js';
import { LineLayer } from './line-layer.js';

/** More in one act is a mistake, and nobody reads through it. */
const MOST_LINES = 1_000;

@Injectable()
export class CopyService {
  constructor(
    private readonly areas: AreaService,
    private readonly layer: LineLayer,
  ) {}

  /** Copies what entries of exactly this area have on some days to as many others. */
  async copy(actor: Actor, { areaId, from, days, to, dryRun }: CopyRequest): Promise<CopyAnswer> {
    return this.layer.lay(actor, dryRun, async (reader, known) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.write', area.path);
      return { area, lines: await linesOfDays(reader, area.path, from, days, known), to, days, namesHold: true };
    });
  }
}

/** @throws Problem when there is too much for one act */
export async function linesOfDays(
  reader: EntityManager,
  areaPath: string,
  from: string,
  days: number,
  known: KnownRules,
): Promise<DayLine[]> {
  const lines = linesOf(await entriesOfArea(reader, areaPath, from, days, known), from, days, MOST_LINES);
  if (lines.length > MOST_LINES) throw scheduleProblem('schedule.copyTooLarge', { most: MOST_LINES });
  return lines;
}
