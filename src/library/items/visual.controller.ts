import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, sendUpload } from '../../platform/http/index.js';
import { itemView, type VersionQuery, versionQuery } from './item.api.js';
import { sentName } from './sent-name.js';
import { visualUploadProblem } from './visual.problems.js';
import { VisualService } from './visual.service.js';

const LONGEST_FILE_NAME = 500;

@ApiTags('library')
@ApiBearerAuth()
@Controller('api/items')
export class VisualController {
  constructor(private readonly visuals: VisualService) {}

  /** The file of a picture or a video. It is looked at at once: the answer says whether it is taken. */
  @Needs('library.write')
  @Post(':id/media')
  @HttpCode(200)
  @ApiConsumes('image/jpeg', 'image/png', 'image/webp', 'video/mp4', 'application/octet-stream')
  @ApiHeader({ name: 'x-file-name', required: false, description: 'Percent-encoded UTF-8 (encodeURIComponent).' })
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: itemView })
  async upload(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('x-file-name') name: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.visuals.upload(actor, id, incomingBody(request), sentName(name, LONGEST_FILE_NAME));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }

  @Needs('library.read')
  @Get(':id/media')
  @ApiProduces('image/jpeg', 'image/png', 'image/webp', 'video/mp4')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async download(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: versionQuery }) query: VersionQuery,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.visuals.file(actor, id, query.version);
    response.setHeader('content-disposition', `inline; filename*=UTF-8''${extendedValue(file.fileName)}`);
    await sendUpload(response, file, visualUploadProblem('library.mediaMissing'));
  }
}

/** RFC 8187: what encodeURIComponent leaves alone but an extended value may not hold. */
const extendedValue = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
