import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, sendUpload } from '../../platform/http/index.js';
import { boxView } from '../stock/stock.api.js';
import { type HandoverForm, handoverFileView, handoverForm, handoverView, type Trial, trial } from './handover.api.js';
import { HandoverService } from './handover.service.js';
import { handoverProblem } from './problems.js';

/** `key` is made by the telephone: everything here may be sent again, hours later, and changes nothing the second time. */
@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class HandoverController {
  constructor(private readonly handovers: HandoverService) {}

  /** Lắp thử: the scanned box may enrol at this cluster and be told to sound, before its form is signed. */
  @Needs('fleet.manage')
  @Post('handovers/trials')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: boxView })
  begin(@CurrentActor() actor: Actor, @Body({ schema: trial }) body: Trial) {
    return this.handovers.begin(actor, body);
  }

  @Needs('fleet.manage')
  @Put('handovers/:key/files/:name')
  @ApiConsumes('image/jpeg', 'image/png', 'image/webp')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: handoverFileView })
  async file(
    @CurrentActor() actor: Actor,
    @Param('key') key: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.handovers.putFile(actor, key, name, incomingBody(request));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }

  @Needs('fleet.manage')
  @Put('handovers/:key')
  @ApiOkResponse({ standardSchema: handoverView })
  put(@CurrentActor() actor: Actor, @Param('key') key: string, @Body({ schema: handoverForm }) body: HandoverForm) {
    return this.handovers.put(actor, key, body);
  }

  @Needs('fleet.read')
  @Get('handovers/:key/signature')
  @ApiProduces('image/png', 'image/jpeg', 'image/webp')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async signature(@CurrentActor() actor: Actor, @Param('key') key: string, @Res() response: Response): Promise<void> {
    await sendUpload(response, await this.handovers.signature(actor, key), handoverProblem('handover.unknown'));
  }

  @Needs('fleet.read')
  @Get('clusters/:id/handovers')
  @ApiOkResponse({ standardSchema: z.array(handoverView) })
  ofCluster(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.handovers.ofCluster(actor, id);
  }
}
