import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, closeUnread, incomingBody, linkNextPage, Needs } from '../../platform/http/index.js';
import {
  type ImportQuery,
  importQuery,
  importView,
  type LineQuery,
  lineQuery,
  lineView,
  type NewImport,
  newImport,
  originView,
} from './import.api.js';
import { ImportService } from './import.service.js';
import { UploadIntake } from './upload.intake.js';

@ApiTags('bulk')
@ApiBearerAuth()
@Controller('api/imports')
export class ImportController {
  constructor(
    private readonly imports: ImportService,
    private readonly uploads: UploadIntake,
  ) {}

  @Needs('library.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: importView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newImport }) body: NewImport) {
    return this.imports.create(actor, body);
  }

  /** A page, the newest first. The address of the next one, if there is one, stands in the `Link` header (`rel="next"`). */
  @Needs('library.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(importView) })
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: importQuery }) query: ImportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { imports, next } = await this.imports.list(actor, query);
    linkNextPage(request, response, next);
    return imports;
  }

  /** Where an item that was brought in comes from. */
  @Needs('library.read')
  @Get('origins/:itemId')
  @ApiOkResponse({ standardSchema: originView })
  async origin(@CurrentActor() actor: Actor, @Param('itemId') itemId: string) {
    const { importId: _import, ...origin } = await this.imports.origin(actor, itemId);
    return origin;
  }

  @Needs('library.read')
  @Get(':id')
  @ApiOkResponse({ standardSchema: importView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.imports.get(actor, id);
  }

  /** One line for each file, also for those inside ZIPs, in the order in which they came. */
  @Needs('library.read')
  @Get(':id/lines')
  @ApiOkResponse({ standardSchema: z.array(lineView) })
  async lines(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: lineQuery }) query: LineQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { lines, next } = await this.imports.lines(actor, id, query);
    linkNextPage(request, response, next);
    return lines;
  }

  /** One file or one ZIP as the whole body. A file that is refused has a line too: the answer says so. */
  @Needs('library.write')
  @Post(':id/files')
  @ApiConsumes('application/octet-stream', 'application/zip', 'audio/*', 'text/plain', 'text/markdown')
  @ApiHeader({
    name: 'x-file-name',
    required: true,
    description: 'Percent-encoded UTF-8 (encodeURIComponent), with the folders of a folder upload.',
  })
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: lineView })
  async upload(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('x-file-name') name: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.uploads.take(actor, id, incomingBody(request), name ?? '');
    } finally {
      closeUnread(request, response);
    }
  }

  /** Begins, or goes on with what is left. */
  @Needs('library.write')
  @Post(':id/start')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: importView })
  start(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.imports.start(actor, id);
  }

  /** What is done stays done. */
  @Needs('library.write')
  @Post(':id/stop')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: importView })
  stop(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.imports.stop(actor, id);
  }
}
