import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, sendFile } from '../../platform/http/index.js';
import { LibraryAudio } from '../audio/audio.service.js';
import { libraryProblem } from '../problems.js';
import {
  type AudioQuery,
  audioQuery,
  type ContentChange,
  contentChange,
  itemView,
  type MetadataChange,
  metadataChange,
  type NewItem,
  newItem,
  type SpeechChange,
  speechChange,
  type TextChange,
  textChange,
} from './item.api.js';
import { ItemService } from './item.service.js';
import { sentName } from './sent-name.js';
import { UploadService } from './upload.service.js';

const LONGEST_NAME = 100;

@ApiTags('library')
@ApiBearerAuth()
@Controller('api/items')
export class ItemController {
  constructor(
    private readonly items: ItemService,
    private readonly uploads: UploadService,
    private readonly audio: LibraryAudio,
  ) {}

  @Needs('library.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: itemView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newItem }) body: NewItem) {
    return this.items.create(actor, body);
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
  @Put(':id/metadata')
  @ApiOkResponse({ standardSchema: itemView })
  setMetadata(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: metadataChange }) body: MetadataChange,
  ) {
    return this.items.setMetadata(actor, id, body);
  }

  @Needs('library.write')
  @Put(':id/speech')
  @ApiOkResponse({ standardSchema: itemView })
  setSpeech(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: speechChange }) body: SpeechChange) {
    return this.items.setSpeech(actor, id, body.speech);
  }

  @Needs('library.write')
  @Put(':id/content')
  @ApiOkResponse({ standardSchema: itemView })
  setContent(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: contentChange }) body: ContentChange,
  ) {
    return body.kind === 'relay'
      ? this.items.setStream(actor, id, body.streamUrl)
      : this.items.setFields(actor, id, body);
  }

  @Needs('library.write')
  @Post(':id/audio')
  @HttpCode(202)
  @ApiConsumes('audio/*', 'video/mp4', 'video/webm', 'application/octet-stream')
  @ApiHeader({ name: 'x-speaker-name', required: false, description: 'Percent-encoded UTF-8 (encodeURIComponent).' })
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiAcceptedResponse({ standardSchema: itemView })
  async upload(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('x-speaker-name') speakerName: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.uploads.upload(actor, id, incomingBody(request), sentName(speakerName, LONGEST_NAME));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }

  @Needs('library.read')
  @Get(':id/audio')
  @ApiProduces('audio/ogg', 'audio/mpeg')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async download(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: audioQuery }) query: AudioQuery,
    @Res() response: Response,
  ): Promise<void> {
    const { path, sha256, type } = await this.audio.file(actor, id, query);
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
}
