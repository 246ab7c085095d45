import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type Actor, CurrentActor, Needs, sendFile } from '../../platform/http/index.js';
import { type VersionQuery, versionQuery } from '../items/item.api.js';
import { DictionaryService } from './dictionary.service.js';
import {
  type DictionaryWordRequest,
  dictionaryView,
  dictionaryWord,
  type PreviewRequest,
  previewRequest,
  type ReadingRequest,
  readingRequest,
  readingView,
  voicesView,
} from './speech.api.js';
import { SpeechService } from './speech.service.js';

@ApiTags('speech')
@ApiBearerAuth()
@Controller('api')
export class SpeechController {
  constructor(
    private readonly speech: SpeechService,
    private readonly dictionary: DictionaryService,
  ) {}

  @Needs('library.read')
  @Get('speech/voices')
  @ApiOkResponse({ standardSchema: voicesView })
  voices() {
    return this.speech.voices();
  }

  /** What will be said for a text: numbers, dates and abbreviations in full. */
  @Needs('library.read')
  @Post('speech/reading')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: readingView })
  reading(@CurrentActor() actor: Actor, @Body({ schema: readingRequest }) body: ReadingRequest) {
    return this.speech.reading(actor, body);
  }

  /** How a text or one sentence of it will sound, not yet levelled. */
  @Needs('library.write')
  @Post('speech/preview')
  @HttpCode(200)
  @ApiProduces('audio/wav')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  preview(
    @CurrentActor() actor: Actor,
    @Body({ schema: previewRequest }) body: PreviewRequest,
    @Res() response: Response,
  ): Promise<void> {
    return this.speech.preview(actor, body, untilGone(response), (path) => sendWav(response, path));
  }

  /** How a saved script sounds, at once: its levelled audio may still be in the making. */
  @Needs('library.read')
  @Get('items/:id/preview')
  @ApiProduces('audio/wav')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  previewVersion(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: versionQuery }) query: VersionQuery,
    @Res() response: Response,
  ): Promise<void> {
    return this.speech.previewVersion(actor, id, query.version, untilGone(response), (path) => sendWav(response, path));
  }

  @Needs('library.read')
  @Get('areas/:areaId/dictionary')
  @ApiOkResponse({ standardSchema: dictionaryView })
  words(@CurrentActor() actor: Actor, @Param('areaId') areaId: string) {
    return this.dictionary.list(actor, areaId);
  }

  @Needs('library.write')
  @Put('areas/:areaId/dictionary')
  @ApiOkResponse({ standardSchema: dictionaryView })
  putWord(
    @CurrentActor() actor: Actor,
    @Param('areaId') areaId: string,
    @Body({ schema: dictionaryWord }) body: DictionaryWordRequest,
  ) {
    return this.dictionary.put(actor, areaId, body);
  }

  @Needs('library.write')
  @Delete('areas/:areaId/dictionary/:id')
  @ApiOkResponse({ standardSchema: dictionaryView })
  removeWord(@CurrentActor() actor: Actor, @Param('areaId') areaId: string, @Param('id') id: string) {
    return this.dictionary.remove(actor, areaId, id);
  }
}

/** Speech that nobody waits for any more is not made to the end. */
function untilGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

async function sendWav(response: Response, path: string): Promise<void> {
  response.setHeader('content-type', 'audio/wav');
  response.setHeader('cache-control', 'private, no-store');
  await sendFile(response, path);
}
