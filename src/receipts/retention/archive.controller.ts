import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type Actor, CurrentActor, Needs, sendFile } from '../../platform/http/index.js';
import { pickLanguage } from '../../platform/i18n/index.js';
import { type ArchivesQuery, archivesQuery, archivesView } from './archive.api.js';
import { ArchiveService } from './archive.service.js';

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api/receipts/archives')
export class ArchiveController {
  constructor(private readonly archives: ArchiveService) {}

  /** What left the database, when, under which rule and for which file. For whoever sees the whole installation. */
  @Needs('coverage.read')
  @Get()
  @ApiOkResponse({ standardSchema: archivesView })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: archivesQuery }) query: ArchivesQuery,
    @Headers('accept-language') language: string | undefined,
  ) {
    return this.archives.list(actor, query, pickLanguage(language));
  }

  /** The file; `npm run vang -- verify` checks it. It names people who answered for hamlets. */
  @Needs('log.manage')
  @Get(':id/file')
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async file(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const { path, sha256, name } = await this.archives.file(actor, id);
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('content-type', 'application/zip');
    response.setHeader('content-disposition', `attachment; filename="${name}"`);
    response.setHeader('cache-control', 'private, no-cache');
    await sendFile(response, path);
  }
}
