import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AreaService } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { PlanService } from '../../plans/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { DEFAULT_ZONE, spanOfDays } from '../../scheduling/index.js';
import type { RankedReason } from '../engine/reasons.js';
import { type ReasonsQuery, reasonsQuery, reasonsView } from './reasons.api.js';
import { rankedReasons } from './reasons.queries.js';

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api')
export class ReasonsController {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanService,
    private readonly library: LibraryService,
    private readonly areas: AreaService,
    private readonly clock: Clock,
  ) {}

  /** Why plays of a line's items are not complete, ranked. A silent device is *unknown*, with the time it was last heard. */
  @Needs('coverage.read')
  @Get('plan-lines/:id/reasons')
  @ApiOkResponse({ standardSchema: reasonsView })
  async ofLine(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: reasonsQuery }) query: ReasonsQuery,
  ): Promise<RankedReason[]> {
    return this.database.read(async (reader) => {
      const { plan } = await this.plans.line(reader, actor, 'coverage.read', id);
      const area = query.areaId ? await this.areas.seen(reader, actor, query.areaId) : null;
      if (area) actor.demand('coverage.read', area.path);
      const items = await this.library.itemsOfLine(reader, id);
      const { untilMs } = spanOfDays(query.until ?? plan.periodTo, 1, DEFAULT_ZONE);
      return rankedReasons(reader, {
        itemIds: items.map((item) => item.id),
        areaPath: area?.path ?? plan.areaPath,
        fromMs: spanOfDays(query.from ?? plan.periodFrom, 1, DEFAULT_ZONE).fromMs,
        toMs: Math.min(untilMs, this.clock.nowMs()),
      });
    });
  }
}
