import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, linkNextPage, Needs, sendFile } from '../../platform/http/index.js';
import { requestsProblem } from '../problems.js';
import { DraftService } from './draft.service.js';
import {
  type Decline,
  type DraftWish,
  decline,
  draftAnswer,
  draftWish,
  type RequestQuery,
  requestQuery,
  requestView,
} from './request.api.js';
import { RequestService } from './request.service.js';

@ApiTags('requests')
@ApiBearerAuth()
@Controller('api/requests')
export class RequestController {
  constructor(
    private readonly requests: RequestService,
    private readonly drafts: DraftService,
  ) {}

  /** A page, the newest first. The address of the next one, if there is one, stands in the `Link` header (`rel="next"`). */
  @Needs('request.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(requestView) })
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: requestQuery }) query: RequestQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { requests, next } = await this.requests.page(actor, query);
    linkNextPage(request, response, next);
    return requests;
  }

  @Needs('request.read')
  @Get(':id')
  @ApiOkResponse({ standardSchema: requestView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.requests.get(actor, id);
  }

  /** To be kept or heard, never to be shown by the browser as a page of ours. */
  @Needs('request.read')
  @Get(':id/files/:n')
  @ApiProduces('application/octet-stream', 'audio/*')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async file(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('n') n: string,
    @Res() response: Response,
  ): Promise<void> {
    if (!/^\d{1,2}$/.test(n)) throw requestsProblem('requests.sourceMissing');
    const { path, sha256, type, fileName } = await this.requests.file(actor, id, Number(n));
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('content-type', type);
    response.setHeader('content-disposition', `attachment; filename*=UTF-8''${encoded(fileName)}`);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'private, no-cache');
    await sendFile(response, path);
  }

  /** One tap. The same tap again answers the same draft. */
  @Needs('request.manage')
  @Post(':id/draft')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: draftAnswer })
  draft(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: draftWish }) body: DraftWish) {
    return this.drafts.draft(actor, id, body);
  }

  @Needs('request.manage')
  @Post(':id/decline')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: requestView })
  decline(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: decline }) body: Decline) {
    return this.requests.decline(actor, id, body.reason);
  }
}

/** RFC 8187: what encodeURIComponent leaves alone but an extended value may not hold. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
