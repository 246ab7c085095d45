import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs, sendFile } from '../platform/http/index.js';
import { ApprovalService } from './approval.service.js';
import { LibraryAudio } from './audio.service.js';
import {
  type Approval,
  type AudioQuery,
  approval,
  audioQuery,
  type ItemQuery,
  itemQuery,
  itemSummary,
  itemView,
  type NewItem,
  newItem,
  type Reasoned,
  reasoned,
  type TextChange,
  textChange,
  type Withdrawal,
  withdrawal,
} from './item.api.js';
import { ItemService } from './item.service.js';
import { libraryProblem } from './problems.js';
import { UploadService } from './upload.service.js';

@ApiTags('library')
@ApiBearerAuth()
@Controller('api/items')
export class ItemController {
  constructor(
    private readonly items: ItemService,
    private readonly uploads: UploadService,
    private readonly approvals: ApprovalService,
    private readonly audio: LibraryAudio,
  ) {}

  @Needs('library.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: itemView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newItem }) body: NewItem) {
    return this.items.create(actor, body);
  }

  @Needs('library.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(itemSummary) })
  list(@CurrentActor() actor: Actor, @Query({ schema: itemQuery }) query: ItemQuery) {
    return this.items.list(actor, query);
  }

  @Needs('library.read')
  @Get(':id')
  @ApiOkResponse({ standardSchema: itemView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.items.get(actor, id);
  }

  @Needs('library.write')
  @Put(':id/text')
  @ApiOkResponse({ standardSchema: itemView })
  setText(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: textChange }) body: TextChange) {
    return this.items.setText(actor, id, body.text);
  }

  @Needs('library.write')
  @Post(':id/audio')
  @HttpCode(202)
  @ApiConsumes('audio/*', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiAcceptedResponse({ standardSchema: itemView })
  async upload(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const length = request.headers['content-length'];
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '';
    try {
      return await this.uploads.upload(actor, id, {
        type,
        bytes: length === undefined ? null : Number(length),
        body: pieces(request),
      });
    } catch (error) {
      // A sender that is still sending reads no answer on a connection that it may use again.
      if (!request.complete && !response.headersSent) response.setHeader('connection', 'close');
      throw error;
    }
  }

  @Needs('library.read')
  @Get(':id/audio')
  @ApiProduces('audio/ogg')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async download(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: audioQuery }) query: AudioQuery,
    @Res() response: Response,
  ): Promise<void> {
    const { path, sha256, type } = await this.audio.file(actor, id, query.version);
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('content-type', type);
    // A draft's audio may be replaced under the same address: asked again each time, sent again only when it changed.
    response.setHeader('cache-control', 'private, no-cache');
    try {
      await sendFile(response, path);
    } catch {
      throw libraryProblem('library.audioMissing');
    }
  }

  @Needs('library.write')
  @Post(':id/submit')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  submit(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.approvals.submit(actor, id);
  }

  @Needs('library.approve')
  @Post(':id/approve')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  approve(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: approval }) body: Approval) {
    return this.approvals.approve(actor, id, body);
  }

  @Needs('library.approve')
  @Post(':id/return')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  return(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: reasoned }) body: Reasoned) {
    return this.approvals.return(actor, id, body.reason);
  }

  @Needs('library.approve')
  @Post(':id/refuse')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  refuse(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: reasoned }) body: Reasoned) {
    return this.approvals.refuse(actor, id, body.reason);
  }

  /** Whether the author or an approver may, depends on the status: the table in engine/approval.ts decides. */
  @Needs('library.read')
  @Post(':id/withdraw')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  withdraw(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: withdrawal }) body: Withdrawal) {
    return this.approvals.withdraw(actor, id, body);
  }
}

/** The body as it comes in. Leaving it early does not destroy the connection, on which the refusal must still be sent. */
async function* pieces(request: Request): AsyncGenerator<Uint8Array> {
  const body: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
  yield* body;
  // Node says so itself in most cases; a body that is not whole must not pass in any.
  if (!request.complete) throw new Error('the upload broke off');
}
