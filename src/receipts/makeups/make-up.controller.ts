import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type MakeUpAcceptanceRequest,
  type MakeUpPreviewRequest,
  makeUpAcceptance,
  makeUpPreview,
  makeUpPreviewRequest,
  makeUpView,
} from './make-up.api.js';
import { MakeUpService } from './make-up.service.js';

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api/plan-lines/:id/make-ups')
export class MakeUpController {
  constructor(private readonly makeUps: MakeUpService) {}

  /** Where what the line misses may be played (phát bù). Stores nothing. */
  @Needs('schedule.write')
  @Post('preview')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: makeUpPreview })
  preview(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: makeUpPreviewRequest }) body: MakeUpPreviewRequest,
  ) {
    return this.makeUps.preview(actor, id, body);
  }

  /** Schedules what is accepted of a proposal, all or nothing; the same sent again is the same. */
  @Needs('schedule.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: z.array(makeUpView) })
  accept(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: makeUpAcceptance }) body: MakeUpAcceptanceRequest,
  ) {
    return this.makeUps.accept(actor, id, body);
  }

  @Needs('coverage.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(makeUpView) })
  list(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.makeUps.list(actor, id);
  }
}
