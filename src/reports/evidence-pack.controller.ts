import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs, sendFile } from '../platform/http/index.js';
import { evidencePackView, type NewEvidencePack, newEvidencePack } from './evidence-pack.api.js';
import { EvidencePackService } from './evidence-pack.service.js';

@ApiTags('reports')
@ApiBearerAuth()
@Controller('api/evidence-packs')
export class EvidencePackController {
  constructor(private readonly packs: EvidencePackService) {}

  /** Hồ sơ nghiệm thu of a line, a period and an area, made in the background. */
  @Needs('report.make')
  @Post()
  @ApiCreatedResponse({ standardSchema: evidencePackView })
  order(@CurrentActor() actor: Actor, @Body({ schema: newEvidencePack }) body: NewEvidencePack) {
    return this.packs.order(actor, body);
  }

  /** The last 100, the newest first. */
  @Needs('report.make')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(evidencePackView) })
  list(@CurrentActor() actor: Actor) {
    return this.packs.list(actor);
  }

  @Needs('report.make')
  @Get(':id')
  @ApiOkResponse({ standardSchema: evidencePackView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.packs.get(actor, id);
  }

  /** With Range, so that a large file can be fetched in parts. */
  @Needs('report.make')
  @Get(':id/file')
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async file(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const { path, sha256, fileName } = await this.packs.file(actor, id);
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('content-type', 'application/zip');
    response.setHeader('content-disposition', `attachment; filename="${fileName}"`);
    response.setHeader('cache-control', 'private, no-cache');
    await sendFile(response, path);
  }
}
