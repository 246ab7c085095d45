import { Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, sendUpload } from '../../platform/http/index.js';
import {
  type DeclarationQuery,
  declarationQuery,
  declarationView,
  type NewDeclaration,
  newDeclaration,
  type TakingBack,
  takingBack,
} from './declaration.api.js';
import { DeclarationService } from './declaration.service.js';
import { declarationProblem } from './problems.js';

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api/declarations')
export class DeclarationController {
  constructor(private readonly declarations: DeclarationService) {}

  @Needs('coverage.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(declarationView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: declarationQuery }) query: DeclarationQuery) {
    return this.declarations.list(actor, query);
  }

  /** Khai báo: brought to a hamlet by hand. The body is the photograph, without which nothing is taken. Never counts as played. */
  @Needs('coverage.declare')
  @Post()
  @ApiConsumes('image/jpeg', 'image/png', 'image/webp')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ standardSchema: declarationView })
  async declare(
    @CurrentActor() actor: Actor,
    @Query({ schema: newDeclaration }) query: NewDeclaration,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.declarations.declare(actor, query, incomingBody(request));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }

  @Needs('coverage.read')
  @Get(':id/photo')
  @ApiProduces('image/jpeg', 'image/png', 'image/webp')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async photo(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() response: Response): Promise<void> {
    await sendUpload(response, await this.declarations.photo(actor, id), declarationProblem('declaration.unknown'));
  }

  /** Taken back with a reason: kept, and shown as such. */
  @Needs('coverage.declare')
  @Delete(':id')
  @ApiOkResponse({ standardSchema: declarationView })
  takeBack(@CurrentActor() actor: Actor, @Param('id') id: string, @Query({ schema: takingBack }) query: TakingBack) {
    return this.declarations.takeBack(actor, id, query);
  }
}
