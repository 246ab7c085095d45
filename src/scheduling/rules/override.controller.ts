import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type NewOverride, newOverride, overrideView } from './override.api.js';
import { OverrideService } from './override.service.js';

/** What people let pass though a rule forbids it. */
@ApiTags('schedule rules')
@ApiBearerAuth()
@Controller('api')
export class OverrideController {
  constructor(private readonly overrides: OverrideService) {}

  @Needs('schedule.read')
  @Get('entries/:id/overrides')
  @ApiOkResponse({ standardSchema: z.array(overrideView) })
  list(@CurrentActor() actor: Actor, @Param('id') entryId: string) {
    return this.overrides.list(actor, entryId);
  }

  @Needs('schedule.rules')
  @Post('entries/:id/overrides')
  @ApiCreatedResponse({ standardSchema: overrideView })
  give(@CurrentActor() actor: Actor, @Param('id') entryId: string, @Body({ schema: newOverride }) body: NewOverride) {
    return this.overrides.give(actor, entryId, body);
  }

  /** Revokes: the rules hold again from now on. */
  @Needs('schedule.rules')
  @Delete('overrides/:id')
  @ApiOkResponse({ standardSchema: overrideView })
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.overrides.revoke(actor, id);
  }
}
