import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { pickLanguage } from '../../platform/i18n/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { alarmView } from '../fleet.api.js';
import { type SimChange, simChange, simView } from '../sims/sim.api.js';
import { SimService } from '../sims/sim.service.js';
import { type TelemetryQuery, telemetryQuery, telemetryTrend } from '../telemetry/telemetry.api.js';
import { TelemetryQueries } from '../telemetry/telemetry.queries.js';
import {
  type ControllerQuery,
  controllerDetail,
  controllerQuery,
  controllerView,
  deviceEventView,
  type Ending,
  ending,
  type HistoryQuery,
  historyQuery,
  type Replacement,
  replacement,
  replacementView,
  stateSpanView,
} from './controller.api.js';
import { ControllerService } from './controller.service.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class ControllerController {
  constructor(
    private readonly controllers: ControllerService,
    private readonly sims: SimService,
    private readonly alarms: AlarmService,
    private readonly telemetry: TelemetryQueries,
  ) {}

  @Needs('fleet.read')
  @Get('controllers')
  @ApiOkResponse({ standardSchema: z.array(controllerView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: controllerQuery }) query: ControllerQuery) {
    return this.controllers.list(actor, query);
  }

  @Needs('fleet.read')
  @Get('controllers/:id')
  @ApiOkResponse({ standardSchema: controllerDetail })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.controllers.get(actor, id);
  }

  @Needs('fleet.manage')
  @Post('controllers/:id/revocations')
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: ending }) body: Ending) {
    return this.controllers.revoke(actor, id, body.reason);
  }

  @Needs('fleet.manage')
  @Put('controllers/:id/sim')
  @ApiOkResponse({ standardSchema: simView })
  sim(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: simChange }) body: SimChange) {
    return this.sims.set(actor, id, body);
  }

  @Needs('fleet.read')
  @Get('controllers/:id/alarms')
  @ApiOkResponse({ standardSchema: z.array(alarmView) })
  alarmsOf(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('accept-language') language: string | undefined,
  ) {
    return this.alarms.ofController(actor, id, pickLanguage(language));
  }

  @Needs('fleet.manage')
  @Post('alarms/:id/acknowledgements')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: alarmView })
  acknowledge(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('accept-language') language: string | undefined,
  ) {
    return this.alarms.acknowledge(actor, id, pickLanguage(language));
  }

  @Needs('fleet.read')
  @Get('controllers/:id/states')
  @ApiOkResponse({ standardSchema: z.array(stateSpanView) })
  states(@CurrentActor() actor: Actor, @Param('id') id: string, @Query({ schema: historyQuery }) query: HistoryQuery) {
    return this.controllers.states(actor, id, query);
  }

  @Needs('fleet.read')
  @Get('controllers/:id/events')
  @ApiOkResponse({ standardSchema: z.array(deviceEventView) })
  events(@CurrentActor() actor: Actor, @Param('id') id: string, @Query({ schema: historyQuery }) query: HistoryQuery) {
    return this.controllers.events(actor, id, query);
  }

  @Needs('fleet.read')
  @Get('controllers/:id/telemetry')
  @ApiOkResponse({ standardSchema: telemetryTrend })
  trend(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: telemetryQuery }) query: TelemetryQuery,
  ) {
    return this.telemetry.trend(actor, id, query);
  }

  @Needs('fleet.read')
  @Get('clusters/:id/controllers')
  @ApiOkResponse({ standardSchema: z.array(controllerView) })
  ofCluster(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.controllers.ofCluster(actor, id);
  }

  @Needs('fleet.manage')
  @Post('clusters/:id/replacements')
  @ApiCreatedResponse({ standardSchema: replacementView })
  replace(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: replacement }) body: Replacement) {
    return this.controllers.replace(actor, id, body);
  }
}
