import { Body, Get, Headers, Param, Post, Controller as Routes, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type EnrolmentRequest, enrolmentAnswer, enrolmentRequest } from '../../devices/protocol/index.js';
import { type Actor, CurrentActor, Needs, Public } from '../platform/http/index.js';
import { pickLanguage } from '../platform/i18n/index.js';
import { AlarmService } from './alarms/alarm.service.js';
import { ClusterService } from './cluster.service.js';
import { EnrolmentDoor } from './enrolment/enrolment.door.js';
import { EnrolmentService } from './enrolment/enrolment.service.js';
import {
  alarmView,
  type ClusterImport,
  claimView,
  clusterImport,
  clusterImportResult,
  clusterView,
} from './fleet.api.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Routes('api')
export class FleetController {
  constructor(
    private readonly clusters: ClusterService,
    private readonly enrolment: EnrolmentService,
    private readonly alarms: AlarmService,
  ) {}

  @Needs('fleet.read')
  @Get('clusters')
  @ApiOkResponse({ standardSchema: z.array(clusterView) })
  list(@CurrentActor() actor: Actor) {
    return this.clusters.list(actor);
  }

  @Needs('fleet.manage')
  @Post('clusters/imports')
  @ApiCreatedResponse({ standardSchema: clusterImportResult })
  import(@CurrentActor() actor: Actor, @Body({ schema: clusterImport }) body: ClusterImport) {
    return this.clusters.importCsv(actor, body.csv);
  }

  @Needs('fleet.manage')
  @Post('clusters/:id/claims')
  @ApiCreatedResponse({ standardSchema: claimView })
  claim(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.enrolment.createClaim(actor, id);
  }

  @Needs('fleet.read')
  @Get('alarms')
  @ApiOkResponse({ standardSchema: z.array(alarmView) })
  listAlarms(@CurrentActor() actor: Actor, @Headers('accept-language') language: string | undefined) {
    return this.alarms.list(actor, pickLanguage(language));
  }

  @Public('a device has no account; the one-time code and the proof of its key stand for it')
  @UseInterceptors(EnrolmentDoor)
  @Post('device/v1/enrolments')
  @ApiCreatedResponse({ standardSchema: enrolmentAnswer })
  enrol(@Body({ schema: enrolmentRequest }) body: EnrolmentRequest) {
    return this.enrolment.enrol(body);
  }
}
