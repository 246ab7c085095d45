import { Controller, Delete, Get, Headers, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, sendUpload } from '../../platform/http/index.js';
import { photoView } from './photo.api.js';
import type { PhotoSubject } from './photo.entity.js';
import { PhotoService } from './photo.service.js';
import { photoProblem } from './problems.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class PhotoController {
  constructor(private readonly photos: PhotoService) {}

  @Needs('fleet.manage')
  @Post('clusters/:id/photos')
  @ApiConsumes('image/jpeg', 'image/png', 'image/webp')
  @ApiHeader({ name: 'x-caption', required: false, description: 'Percent-encoded UTF-8 (encodeURIComponent).' })
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: photoView })
  ofCluster(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('x-caption') caption: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.#take(actor, 'cluster', id, caption, request, response);
  }

  @Needs('fleet.manage')
  @Post('upkeep/:id/photos')
  @ApiConsumes('image/jpeg', 'image/png', 'image/webp')
  @ApiHeader({ name: 'x-caption', required: false, description: 'Percent-encoded UTF-8 (encodeURIComponent).' })
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: photoView })
  ofUpkeep(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('x-caption') caption: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.#take(actor, 'upkeep', id, caption, request, response);
  }

  @Needs('fleet.read')
  @Get('clusters/:id/photos')
  @ApiOkResponse({ standardSchema: z.array(photoView) })
  listOfCluster(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.photos.list(actor, 'cluster', id);
  }

  @Needs('fleet.read')
  @Get('upkeep/:id/photos')
  @ApiOkResponse({ standardSchema: z.array(photoView) })
  listOfUpkeep(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.photos.list(actor, 'upkeep', id);
  }

  @Needs('fleet.read')
  @Get('photos/:id')
  @ApiProduces('image/jpeg', 'image/png', 'image/webp')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async file(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() response: Response): Promise<void> {
    await sendUpload(response, await this.photos.file(actor, id), photoProblem('photo.unknown'));
  }

  @Needs('fleet.manage')
  @Delete('photos/:id')
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.photos.delete(actor, id);
  }

  async #take(
    actor: Actor,
    subject: PhotoSubject,
    id: string,
    caption: string | undefined,
    request: Request,
    response: Response,
  ) {
    try {
      return await this.photos.upload(actor, subject, id, incomingBody(request), caption);
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }
}
