import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type ClashQuery, clashQuery, clashView, type NewDecision, newDecision } from './clash.api.js';
import { ClashService } from './clash.service.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api/schedule/clashes')
export class ClashController {
  constructor(private readonly clashes: ClashService) {}

  /** Clashes of priorities at or below an area. */
  @Needs('schedule.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(clashView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: clashQuery }) query: ClashQuery) {
    return this.clashes.list(actor, query);
  }

  /** By somebody who makes the schedule of the commune, until the earlier play begins. */
  @Needs('schedule.write')
  @Post(':id/decision')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: clashView })
  decide(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: newDecision }) body: NewDecision) {
    return this.clashes.decide(actor, id, body);
  }
}
