import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type NewUpkeep, newUpkeep, type UpkeepQuery, upkeepQuery, upkeepView } from './upkeep.api.js';
import { UpkeepService } from './upkeep.service.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class UpkeepController {
  constructor(private readonly upkeep: UpkeepService) {}

  @Needs('fleet.manage')
  @Post('clusters/:id/upkeep')
  @ApiCreatedResponse({ standardSchema: upkeepView })
  write(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: newUpkeep }) body: NewUpkeep) {
    return this.upkeep.write(actor, id, body);
  }

  @Needs('fleet.read')
  @Get('upkeep')
  @ApiOkResponse({ standardSchema: z.array(upkeepView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: upkeepQuery }) query: UpkeepQuery) {
    return this.upkeep.list(actor, query);
  }

  @Needs('fleet.read')
  @Get('upkeep.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="bao-tri.csv"')
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  csv(@CurrentActor() actor: Actor, @Query({ schema: upkeepQuery }) query: UpkeepQuery) {
    return this.upkeep.csv(actor, query);
  }
}
