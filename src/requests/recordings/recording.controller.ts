import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, Public } from '../../platform/http/index.js';
import { Unlisted } from '../../platform/links/index.js';
import { type NewRecordingLink, newRecordingLink, readingView, recordingLinkView } from './recording.api.js';
import { RecordingLinkService } from './recording-link.service.js';
import { TakeService } from './take.service.js';

@ApiTags('requests')
@ApiBearerAuth()
@Controller('api/items/:id/recording-link')
export class RecordingLinkController {
  constructor(private readonly links: RecordingLinkService) {}

  /** The only answer that holds the address. Ends the link before. */
  @Needs('library.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: recordingLinkView })
  create(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: newRecordingLink }) body: NewRecordingLink,
  ) {
    return this.links.create(actor, id, body);
  }

  @Needs('library.write')
  @Delete()
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.links.revoke(actor, id);
  }
}

@ApiTags('requests')
@UseInterceptors(Unlisted)
@Controller('api/public/recordings')
export class PublicRecordingController {
  constructor(private readonly takes: TakeService) {}

  @Public('the address is the key: whoever speaks the language may have no account')
  @Get(':token')
  @ApiOkResponse({ standardSchema: readingView })
  reading(@Param('token') token: string) {
    return this.takes.reading(token);
  }

  /** One recording as the whole body. Polling the address above tells what became of it. */
  @Public('the address is the key; limited by link and by address')
  @Post(':token')
  @ApiConsumes('audio/*', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: readingView })
  async take(@Param('token') token: string, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    try {
      return await this.takes.take(token, incomingBody(request));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }
}
