import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, linkNextPage, Needs } from '../../platform/http/index.js';
import {
  type ConfirmationQuery,
  confirmationQuery,
  confirmationView,
  contradictionView,
  type SessionQuery,
  sessionQuery,
  type Telephoned,
  telephoned,
} from './confirmation.api.js';
import { ConfirmationService } from './confirmation.service.js';

@ApiTags('confirmations')
@ApiBearerAuth()
@Controller('api/confirmations')
export class ConfirmationController {
  constructor(private readonly confirmations: ConfirmationService) {}

  /** Sessions that were answered for, the last ones first. The next page stands in the `Link` header (`rel="next"`). */
  @Needs('coverage.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(confirmationView) })
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: confirmationQuery }) query: ConfirmationQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { rows, next } = await this.confirmations.page(actor, query);
    linkNextPage(request, response, next);
    return rows;
  }

  /** What a hamlet may be asked about by now: over, and not longer ago than three days. */
  @Needs('coverage.read')
  @Get('sessions')
  @ApiOkResponse({ standardSchema: z.array(confirmationView) })
  open(@CurrentActor() actor: Actor, @Query({ schema: sessionQuery }) query: SessionQuery) {
    return this.confirmations.open(actor, query);
  }

  /** Enters an answer that was told on the telephone. The same again is the same one; its operator may correct it within an hour. */
  @Needs('confirmation.manage')
  @Post()
  @ApiCreatedResponse({ standardSchema: confirmationView })
  telephoned(@CurrentActor() actor: Actor, @Body({ schema: telephoned }) body: Telephoned) {
    return this.confirmations.telephoned(actor, body);
  }

  /**
   * Answers that receipts speak against, by what is known now, the newest answers first. A page may be shorter than its limit: the last one is the
   * one without a `Link` header.
   */
  @Needs('coverage.read')
  @Get('contradictions')
  @ApiOkResponse({ standardSchema: z.array(contradictionView) })
  async contradictions(
    @CurrentActor() actor: Actor,
    @Query({ schema: confirmationQuery }) query: ConfirmationQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { rows, next } = await this.confirmations.contradictions(actor, query);
    linkNextPage(request, response, next);
    return rows;
  }
}
