import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type NewTemplate,
  newTemplate,
  type TemplateChange,
  type TemplateQuery,
  templateChange,
  templateList,
  templateQuery,
  templateView,
} from './template.api.js';
import { TemplateService } from './template.service.js';

@ApiTags('library')
@ApiBearerAuth()
@Controller('api/notice-templates')
export class TemplateController {
  constructor(private readonly templates: TemplateService) {}

  @Needs('library.read')
  @Get()
  @ApiOkResponse({ standardSchema: templateList })
  list(@CurrentActor() actor: Actor, @Query({ schema: templateQuery }) { areaId }: TemplateQuery) {
    return this.templates.list(actor, areaId);
  }

  @Needs('library.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: templateView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newTemplate }) body: NewTemplate) {
    return this.templates.create(actor, body);
  }

  @Needs('library.write')
  @Put(':id')
  @ApiOkResponse({ standardSchema: templateView })
  change(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: templateChange }) body: TemplateChange,
  ) {
    return this.templates.change(actor, id, body);
  }

  /** Retires it; notices that were made from it stay as they are. */
  @Needs('library.write')
  @Delete(':id')
  @ApiOkResponse({ standardSchema: templateView })
  retire(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.templates.retire(actor, id);
  }
}
