import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import { type AreaImport, type AreaQuery, areaImport, areaImportResult, areaQuery, areaView } from './area.api.js';
import { AreaService, viewOf } from './area.service.js';

@ApiTags('areas')
@ApiBearerAuth()
@Controller('api/areas')
export class AreaController {
  constructor(private readonly areas: AreaService) {}

  @Needs('area.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(areaView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: areaQuery }) query: AreaQuery) {
    return this.areas.list(actor, query);
  }

  @Needs('area.read')
  @Get(':id')
  @ApiOkResponse({ standardSchema: areaView })
  async get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return viewOf(await this.areas.get(actor, id));
  }

  @Needs('area.manage')
  @Post('imports')
  @ApiCreatedResponse({ standardSchema: areaImportResult })
  import(@CurrentActor() actor: Actor, @Body({ schema: areaImport }) body: AreaImport) {
    return this.areas.importCsv(actor, body.csv);
  }
}
