import { Body, Controller, Get, Headers, Param, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { closeUnread, incomingBody, Public } from '../../platform/http/index.js';
import { Unlisted } from '../../platform/links/index.js';
import { requestsProblem } from '../problems.js';
import { FileService } from './file.service.js';
import { IntakeService } from './intake.service.js';
import { fileView, receivedView, type SentRequestBody, senderView, sentRequest } from './public.api.js';

const clientKey = z.uuid();

@ApiTags('requests')
@UseInterceptors(Unlisted)
@Controller('api/public/requests')
export class PublicRequestController {
  constructor(
    private readonly intake: IntakeService,
    private readonly files: FileService,
  ) {}

  @Public('the address is the key: police, clinics, schools, hamlet heads have no account')
  @Get(':token')
  @ApiOkResponse({ standardSchema: senderView })
  sender(@Param('token') token: string) {
    return this.intake.sender(token);
  }

  /** The same `x-request-key` (a UUID that the browser makes for one form) twice is one request. */
  @Public('the address is the key; limited by link and by address')
  @Post(':token')
  @ApiHeader({ name: 'x-request-key', required: true, schema: { type: 'string', format: 'uuid' } })
  @ApiCreatedResponse({ standardSchema: receivedView })
  send(
    @Param('token') token: string,
    @Headers('x-request-key') key: string | undefined,
    @Body({ schema: sentRequest }) body: SentRequestBody,
  ) {
    const parsed = clientKey.safeParse(key);
    if (!parsed.success) throw requestsProblem('requests.keyMissing');
    return this.intake.send(token, parsed.data.toLowerCase(), body);
  }

  /** One file as the whole body, before the request that names the id which this answers. */
  @Public('the address is the key; limited by link and by address')
  @Post(':token/files')
  @ApiConsumes('audio/*', 'application/*', 'text/plain', 'text/markdown')
  @ApiHeader({ name: 'x-file-name', required: false, description: 'Percent-encoded UTF-8 (encodeURIComponent).' })
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: fileView })
  async file(
    @Param('token') token: string,
    @Headers('x-file-name') name: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.files.take(token, incomingBody(request), name ?? '');
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }
}
