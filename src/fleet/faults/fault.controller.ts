import { Body, Controller, Get, Header, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { pickLanguage } from '../../platform/i18n/index.js';
import {
  type FaultChange,
  type FaultClosing,
  type FaultQuery,
  faultChange,
  faultClosing,
  faultQuery,
  faultView,
} from './fault.api.js';
import { FaultService } from './fault.service.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class FaultController {
  constructor(private readonly faults: FaultService) {}

  @Needs('fleet.read')
  @Get('faults')
  @ApiOkResponse({ standardSchema: z.array(faultView) })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: faultQuery }) query: FaultQuery,
    @Headers('accept-language') language: string | undefined,
  ) {
    return this.faults.list(actor, query, pickLanguage(language));
  }

  @Needs('fleet.read')
  @Get('faults.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="su-co.csv"')
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  csv(@CurrentActor() actor: Actor, @Query({ schema: faultQuery }) query: FaultQuery) {
    return this.faults.csv(actor, query);
  }

  @Needs('fleet.manage')
  @Patch('faults/:id')
  @ApiOkResponse({ standardSchema: faultView })
  change(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: faultChange }) body: FaultChange,
    @Headers('accept-language') language: string | undefined,
  ) {
    return this.faults.change(actor, id, body, pickLanguage(language));
  }

  @Needs('fleet.manage')
  @Post('faults/:id/closings')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: faultView })
  close(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: faultClosing }) body: FaultClosing,
    @Headers('accept-language') language: string | undefined,
  ) {
    return this.faults.close(actor, id, body.note, pickLanguage(language));
  }
}
