import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { EntryService } from '../entries/entry.service.js';
import { type BulkEdit, bulkEdit, editedView } from './bulk-edit.api.js';
import { type CopyRequest, copyAnswer, copyRequest } from './copy.api.js';
import { CopyService } from './copy.service.js';
import {
  type NewTemplate,
  newTemplate,
  type TemplateQuery,
  type TemplateUse,
  templateQuery,
  templateUse,
  templateView,
} from './template.api.js';
import { TemplateService } from './template.service.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api')
export class CopiesController {
  constructor(
    private readonly copies: CopyService,
    private readonly templates: TemplateService,
    private readonly entries: EntryService,
  ) {}

  @Needs('schedule.write')
  @Post('schedule/copies')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: copyAnswer })
  copy(@CurrentActor() actor: Actor, @Body({ schema: copyRequest }) body: CopyRequest) {
    return this.copies.copy(actor, body);
  }

  @Needs('schedule.write')
  @Post('schedule/templates')
  @ApiCreatedResponse({ standardSchema: templateView })
  makeTemplate(@CurrentActor() actor: Actor, @Body({ schema: newTemplate }) body: NewTemplate) {
    return this.templates.make(actor, body);
  }

  @Needs('schedule.read')
  @Get('schedule/templates')
  @ApiOkResponse({ standardSchema: z.array(templateView) })
  listTemplates(@CurrentActor() actor: Actor, @Query({ schema: templateQuery }) query: TemplateQuery) {
    return this.templates.list(actor, query.areaId);
  }

  @Needs('schedule.write')
  @Post('schedule/templates/:id/apply')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: copyAnswer })
  applyTemplate(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: templateUse }) body: TemplateUse,
  ) {
    return this.templates.apply(actor, id, body);
  }

  @Needs('schedule.write')
  @Delete('schedule/templates/:id')
  @ApiOkResponse({ standardSchema: templateView })
  removeTemplate(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.templates.remove(actor, id);
  }

  /** What goes on may be another entry than the one that was edited: a change of rule, zone or place splits a series. */
  @Needs('schedule.write')
  @Post('entries/bulk-edit')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: z.array(editedView) })
  editMany(@CurrentActor() actor: Actor, @Body({ schema: bulkEdit }) body: BulkEdit) {
    return this.entries.editMany(actor, body.ids, body.edit);
  }
}
