import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
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
import { type Actor, CurrentActor, closeUnread, incomingBody, Needs, sendUpload } from '../../platform/http/index.js';
import { ruleProblem } from './problems.js';
import { RuleAttachmentService } from './rule-attachment.service.js';
import {
  blackout,
  type EffectiveQuery,
  effectiveQuery,
  effectiveView,
  type NewBlackout,
  type NewRuleSet,
  newRuleSet,
  type RuleSetContent,
  type RuleSetEnd,
  type RuleSetQuery,
  ruleSetAnswer,
  ruleSetContent,
  ruleSetEnd,
  ruleSetList,
  ruleSetQuery,
  ruleSetView,
} from './rule-set.api.js';
import { RuleSetService } from './rule-set.service.js';

const ATTACHMENTS = ['application/pdf', 'image/jpeg', 'image/png', 'image/webp'] as const;

/** Operating rules (quy chế) of areas. */
@ApiTags('schedule rules')
@ApiBearerAuth()
@Controller('api/rule-sets')
export class RuleSetController {
  constructor(
    private readonly ruleSets: RuleSetService,
    private readonly attachments: RuleAttachmentService,
  ) {}

  @Needs('schedule.read')
  @Get()
  @ApiOkResponse({ standardSchema: ruleSetList })
  list(@CurrentActor() actor: Actor, @Query({ schema: ruleSetQuery }) { areaId }: RuleSetQuery) {
    return this.ruleSets.list(actor, areaId);
  }

  /** What holds at an area on a day, with what is inherited from above. */
  @Needs('schedule.read')
  @Get('effective')
  @ApiOkResponse({ standardSchema: effectiveView })
  effective(@CurrentActor() actor: Actor, @Query({ schema: effectiveQuery }) query: EffectiveQuery) {
    return this.ruleSets.effective(actor, query);
  }

  @Needs('schedule.rules')
  @Post()
  @ApiCreatedResponse({ standardSchema: ruleSetAnswer })
  create(@CurrentActor() actor: Actor, @Body({ schema: newRuleSet }) body: NewRuleSet) {
    return this.ruleSets.create(actor, body);
  }

  /** Only while they are not in force yet. */
  @Needs('schedule.rules')
  @Put(':id')
  @ApiOkResponse({ standardSchema: ruleSetAnswer })
  replace(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: ruleSetContent }) body: RuleSetContent,
  ) {
    return this.ruleSets.replace(actor, id, body);
  }

  @Needs('schedule.rules')
  @Post(':id/end')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: ruleSetAnswer })
  end(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: ruleSetEnd }) { validTo }: RuleSetEnd) {
    return this.ruleSets.end(actor, id, validTo);
  }

  @Needs('schedule.rules')
  @Post(':id/blackouts')
  @ApiCreatedResponse({ standardSchema: ruleSetAnswer })
  addBlackout(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: blackout }) body: NewBlackout) {
    return this.ruleSets.addBlackout(actor, id, body);
  }

  /** The scanned paper, at most 20 MB; what it is, its content says. */
  @Needs('schedule.rules')
  @Put(':id/attachment')
  @ApiConsumes(...ATTACHMENTS, 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: ruleSetView })
  async attach(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    try {
      return await this.attachments.attach(actor, id, incomingBody(request));
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
  }

  @Needs('schedule.read')
  @Get(':id/attachment')
  @ApiProduces(...ATTACHMENTS)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async attachment(@CurrentActor() actor: Actor, @Param('id') id: string, @Res() response: Response): Promise<void> {
    const file = await this.attachments.file(actor, id);
    response.setHeader('content-disposition', 'attachment');
    await sendUpload(response, file, ruleProblem('ruleSet.attachmentMissing'));
  }
}
