import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import {
  type EmergencyQuery,
  emergencyQuery,
  emergencyView,
  type NewEmergency,
  newEmergency,
} from './emergency.api.js';
import { EmergencyService } from './emergency.service.js';

/** The emergency policy of the area decides who may; a role alone does not. */
@ApiTags('emergencies')
@ApiBearerAuth()
@Controller('api/emergencies')
export class EmergencyController {
  constructor(private readonly emergencies: EmergencyService) {}

  @Needs('library.read')
  @Post()
  @ApiCreatedResponse({ standardSchema: emergencyView })
  air(@CurrentActor() actor: Actor, @Body({ schema: newEmergency }) body: NewEmergency) {
    return this.emergencies.air(actor, body);
  }

  @Needs('schedule.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(emergencyView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: emergencyQuery }) { areaId }: EmergencyQuery) {
    return this.emergencies.list(actor, areaId);
  }

  @Needs('schedule.read')
  @Post(':id/stop')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: emergencyView })
  stop(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.emergencies.stop(actor, id);
  }
}
