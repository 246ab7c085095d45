import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, linkNextPage, Needs, sendFile } from '../../platform/http/index.js';
import { type ExportQuery, exportQuery, exportView, type NewExport, newExport } from './export.api.js';
import { ExportService } from './export.service.js';

@ApiTags('bulk')
@ApiBearerAuth()
@Controller('api/exports')
export class ExportController {
  constructor(private readonly exports: ExportService) {}

  @Needs('library.read')
  @Post()
  @ApiCreatedResponse({ standardSchema: exportView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newExport }) body: NewExport) {
    return this.exports.create(actor, body);
  }

  /** A page, the newest first; those of the last 7 days. */
  @Needs('library.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(exportView) })
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: exportQuery }) query: ExportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { exports, next } = await this.exports.list(actor, query);
    linkNextPage(request, response, next);
    return exports;
  }

  @Needs('library.read')
  @Get(':id')
  @ApiOkResponse({ standardSchema: exportView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.exports.get(actor, id);
  }

  /** With Range, so that a large file can be fetched in parts. */
  @Needs('library.read')
  @Get(':id/file')
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async file(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const { path, sha256, fileName } = await this.exports.file(actor, id);
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('content-type', 'application/zip');
    response.setHeader('content-disposition', `attachment; filename="${fileName}"`);
    response.setHeader('cache-control', 'private, no-cache');
    await sendFile(response, path);
  }
}
