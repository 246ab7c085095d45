import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Clock } from '../clock/index.js';
import { type Actor, CurrentActor, EventStreams } from '../http/index.js';
import { pickLanguage } from '../i18n/index.js';
import { eventId, type JobQuery, jobQuery, jobView, readEventId, viewOf } from './job.api.js';
import { JobDesk } from './job.desk.js';
import { hasEnded } from './job.js';
import { type JobsOf, JobWatch } from './job.watch.js';

@ApiTags('jobs')
@ApiBearerAuth()
@Controller('api/jobs')
export class JobController {
  constructor(
    private readonly desk: JobDesk,
    private readonly watch: JobWatch,
    private readonly streams: EventStreams,
    private readonly clock: Clock,
  ) {}

  /** Mine, newest first. */
  @Get()
  @ApiOkResponse({ standardSchema: z.array(jobView) })
  async list(@CurrentActor() actor: Actor, @Query({ schema: jobQuery }) { limit }: JobQuery, @Req() request: Request) {
    const language = languageOf(request);
    return (await this.desk.mine(actor, limit)).map((job) => viewOf(job, language));
  }

  /**
   * Server-sent events of all my jobs, `progress` or `ended`, each with the whole state of one job. First come those that are
   * unfinished or ended a moment ago; after a break, also those that ended in it. Does not end by itself.
   */
  @Get('events')
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'text/event-stream' })
  followMine(@CurrentActor() actor: Actor, @Req() request: Request, @Res() response: Response): void {
    const sinceMs = readEventId(request.headers['last-event-id'])?.atMs ?? this.clock.nowMs();
    this.follow(actor, { ownerId: actor.accountId, sinceMs }, request, response);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: jobView })
  async one(@CurrentActor() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    return viewOf(await this.desk.seen(actor, id), languageOf(request));
  }

  /** Asks it to end, and answers with its state: a running job ends when its handler has heard of it. */
  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: jobView })
  async cancel(@CurrentActor() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    return viewOf(await this.desk.cancel(actor, id), languageOf(request));
  }

  /**
   * Server-sent events of one job: its state now, then each change as `progress`, and `ended` at last, with which the stream
   * ends. A browser that comes again after that is told with 204 to come no more.
   */
  @Get(':id/events')
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'text/event-stream' })
  async followOne(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const job = await this.desk.seen(actor, id);
    if (hasEnded(job) && readEventId(request.headers['last-event-id'])?.endedJobId === id) {
      response.status(204).end();
      return;
    }
    this.follow(actor, { jobId: id }, request, response);
  }

  private follow(actor: Actor, of: JobsOf, request: Request, response: Response): void {
    const language = languageOf(request);
    const stream = this.streams.open(actor.accountId, response);
    // Express answers HEAD with the route of GET; there is nobody to tell.
    if (request.method === 'HEAD') return stream.end();
    const unfollow = this.watch.follow(of, (job) => {
      const event = hasEnded(job) ? 'ended' : 'progress';
      stream.send({ subject: job.id, event, id: eventId(job, this.clock.nowMs()), data: viewOf(job, language) });
      if (event === 'ended' && 'jobId' in of) stream.end();
    });
    stream.onClose(unfollow);
  }
}

const languageOf = (request: Request) => pickLanguage(request.headers['accept-language']);
