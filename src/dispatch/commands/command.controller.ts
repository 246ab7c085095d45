import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, linkNextPage, Needs } from '../../platform/http/index.js';
import {
  type CommandQuery,
  commandDetail,
  commandQuery,
  commandView,
  type DeviceQuery,
  deviceQuery,
  type NewCommand,
  newCommand,
  type ResumeRequest,
  resumeRequest,
  type StopAllRequest,
  stopAllRequest,
} from './command.api.js';
import { CommandService } from './command.service.js';
import { CommandViews } from './command.views.js';

@ApiTags('commands')
@ApiBearerAuth()
@Controller('api')
export class CommandController {
  constructor(
    private readonly commands: CommandService,
    private readonly views: CommandViews,
  ) {}

  /** A dangerous one is answered with 428 and sends a code; the same request with `otp` gives it. */
  @Needs('fleet.command')
  @Post('commands')
  @ApiCreatedResponse({ standardSchema: commandView })
  order(@CurrentActor() actor: Actor, @Body({ schema: newCommand }) body: NewCommand) {
    return this.commands.order(actor, body);
  }

  /** A page, the newest first. The address of the next one stands in the `Link` header (RFC 8288, `rel="next"`). */
  @Needs('fleet.read')
  @Get('commands')
  @ApiOkResponse({ standardSchema: z.array(commandView) })
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: commandQuery }) query: CommandQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { items, next } = await this.views.list(actor, query);
    linkNextPage(request, response, next);
    return items;
  }

  /** What became of one at each device; more devices as the `Link` header says. */
  @Needs('fleet.read')
  @Get('commands/:id')
  @ApiOkResponse({ standardSchema: commandDetail })
  async one(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: deviceQuery }) query: DeviceQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { items, next } = await this.views.one(actor, id, query);
    linkNextPage(request, response, next);
    return items;
  }

  /** Dừng tất cả loa. */
  @Needs('fleet.command')
  @Post('areas/:id/stop-all')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: commandView })
  stopAll(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: stopAllRequest }) body: StopAllRequest,
  ) {
    return this.commands.stopAll(actor, id, body);
  }

  @Needs('fleet.command')
  @Post('areas/:id/resume')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: commandView })
  resume(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: resumeRequest }) body: ResumeRequest) {
    return this.commands.resume(actor, id, body);
  }
}
