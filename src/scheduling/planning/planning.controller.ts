import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type ForecastQuery, forecastQuery, forecastView } from './forecast.api.js';
import { ForecastService } from './forecast.service.js';
import {
  type ForeignLoudspeakerQuery,
  foreignLoudspeakerQuery,
  foreignLoudspeakerView,
  type NewForeignLoudspeaker,
  newForeignLoudspeaker,
} from './foreign-loudspeaker.api.js';
import { ForeignLoudspeakerService } from './foreign-loudspeaker.service.js';
import { type NeighboursQuery, neighboursQuery, neighboursView } from './neighbours.api.js';
import { NeighboursService } from './neighbours.service.js';
import {
  type CampaignRequest,
  campaignRequest,
  type MakeUpRequest,
  makeUpRequest,
  proposalsView,
} from './planning.api.js';
import { PlanningService } from './planning.service.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api')
export class PlanningController {
  constructor(
    private readonly planning: PlanningService,
    private readonly neighbourhood: NeighboursService,
    private readonly forecasts: ForecastService,
    private readonly loudspeakers: ForeignLoudspeakerService,
  ) {}

  /** Where the scripts of a campaign may be played. Stores nothing. */
  @Needs('schedule.write')
  @Post('schedule/campaigns/proposals')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: proposalsView })
  campaign(@CurrentActor() actor: Actor, @Body({ schema: campaignRequest }) body: CampaignRequest) {
    return this.planning.campaign(actor, body);
  }

  /** Where what was missed may be played (phát bù). Stores nothing. */
  @Needs('schedule.write')
  @Post('schedule/make-ups/proposals')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: proposalsView })
  makeUps(@CurrentActor() actor: Actor, @Body({ schema: makeUpRequest }) body: MakeUpRequest) {
    return this.planning.makeUps(actor, body);
  }

  @Needs('schedule.read')
  @Get('schedule/neighbours')
  @ApiOkResponse({ standardSchema: neighboursView })
  neighbours(@CurrentActor() actor: Actor, @Query({ schema: neighboursQuery }) query: NeighboursQuery) {
    return this.neighbourhood.neighbours(actor, query);
  }

  @Needs('schedule.read')
  @Get('schedule/forecast')
  @ApiOkResponse({ standardSchema: forecastView })
  forecast(@CurrentActor() actor: Actor, @Query({ schema: forecastQuery }) query: ForecastQuery) {
    return this.forecasts.forecast(actor, query);
  }

  @Needs('schedule.read')
  @Get('foreign-loudspeakers')
  @ApiOkResponse({ standardSchema: z.array(foreignLoudspeakerView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: foreignLoudspeakerQuery }) { areaId }: ForeignLoudspeakerQuery) {
    return this.loudspeakers.list(actor, areaId);
  }

  @Needs('schedule.write')
  @Post('foreign-loudspeakers')
  @ApiCreatedResponse({ standardSchema: foreignLoudspeakerView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newForeignLoudspeaker }) body: NewForeignLoudspeaker) {
    return this.loudspeakers.create(actor, body);
  }

  @Needs('schedule.write')
  @Delete('foreign-loudspeakers/:id')
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.loudspeakers.delete(actor, id);
  }
}
