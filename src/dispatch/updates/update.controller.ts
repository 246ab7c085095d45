import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, closeUnread, incomingBody, linkNextPage, Needs } from '../../platform/http/index.js';
import { ReleaseService } from './release.service.js';
import { RolloutService } from './rollout.service.js';
import { RolloutViews } from './rollout.views.js';
import {
  deviceUpdates,
  type GoingBack,
  goingBack,
  type Halting,
  halting,
  type NewRelease,
  type NewRollout,
  newRelease,
  newRollout,
  type Resuming,
  type RolloutQuery,
  releaseView,
  resuming,
  rolloutDetail,
  rolloutQuery,
  rolloutView,
  type TargetQuery,
  targetQuery,
} from './update.api.js';

@ApiTags('updates')
@ApiBearerAuth()
@Controller('api')
export class UpdateController {
  constructor(
    private readonly releases: ReleaseService,
    private readonly rollouts: RolloutService,
    private readonly views: RolloutViews,
  ) {}

  /** The body is the bundle. Needs the right to the whole installation. */
  @Needs('fleet.update')
  @Post('releases')
  @ApiConsumes('application/gzip', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: releaseView })
  async release(
    @CurrentActor() actor: Actor,
    @Query({ schema: newRelease }) query: NewRelease,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.releases.add(actor, query, incomingBody(request));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }

  @Needs('fleet.read')
  @Get('releases')
  @ApiOkResponse({ standardSchema: z.array(releaseView) })
  list() {
    return this.releases.list();
  }

  @Needs('fleet.update')
  @Post('rollouts')
  @ApiCreatedResponse({ standardSchema: rolloutView })
  begin(@CurrentActor() actor: Actor, @Body({ schema: newRollout }) body: NewRollout) {
    return this.rollouts.begin(actor, body);
  }

  /** A page, the newest first. The address of the next one stands in the `Link` header (RFC 8288, `rel="next"`). */
  @Needs('fleet.read')
  @Get('rollouts')
  @ApiOkResponse({ standardSchema: z.array(rolloutView) })
  async rolloutList(
    @CurrentActor() actor: Actor,
    @Query({ schema: rolloutQuery }) query: RolloutQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { items, next } = await this.views.list(actor, query);
    linkNextPage(request, response, next);
    return items;
  }

  @Needs('fleet.read')
  @Get('rollouts/:id')
  @ApiOkResponse({ standardSchema: rolloutDetail })
  async rollout(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: targetQuery }) query: TargetQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { items, next } = await this.views.one(actor, id, query);
    linkNextPage(request, response, next);
    return items;
  }

  @Needs('fleet.update')
  @Post('rollouts/:id/halt')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: rolloutView })
  halt(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: halting }) body: Halting) {
    return this.rollouts.halt(actor, id, body.reason);
  }

  @Needs('fleet.update')
  @Post('rollouts/:id/resume')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: rolloutView })
  resume(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: resuming }) body: Resuming) {
    return this.rollouts.resume(actor, id, body);
  }

  @Needs('fleet.update')
  @Post('rollouts/:id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: rolloutView })
  cancel(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: halting }) body: Halting) {
    return this.rollouts.cancel(actor, id, body.reason);
  }

  /** Makes a rollout of its own: the release before, to whoever runs a newer one. */
  @Needs('fleet.update')
  @Post('rollouts/:id/back')
  @ApiCreatedResponse({ standardSchema: rolloutView })
  back(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: goingBack }) body: GoingBack) {
    return this.rollouts.goBack(actor, id, body);
  }

  @Needs('fleet.read')
  @Get('controllers/:id/updates')
  @ApiOkResponse({ standardSchema: deviceUpdates })
  ofController(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.views.ofController(actor, id);
  }
}
