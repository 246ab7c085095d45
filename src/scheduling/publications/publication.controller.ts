import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type NewPublication,
  newPublication,
  type PublicationQuery,
  publicationQuery,
  publicationSummary,
  publicationView,
} from './publication.api.js';
import { PublicationService } from './publication.service.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api/schedule/publications')
export class PublicationController {
  constructor(private readonly publications: PublicationService) {}

  @Needs('schedule.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(publicationView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: publicationQuery }) query: PublicationQuery) {
    return this.publications.list(actor, query);
  }

  @Needs('schedule.write')
  @Post()
  @ApiCreatedResponse({ standardSchema: publicationView })
  publish(@CurrentActor() actor: Actor, @Body({ schema: newPublication }) body: NewPublication) {
    return this.publications.publish(actor, body);
  }

  /** What publishing would change, for whom, and what it costs their SIMs. Nothing is stored. */
  @Needs('schedule.write')
  @Post('summaries')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: publicationSummary })
  summary(@CurrentActor() actor: Actor, @Body({ schema: newPublication }) body: NewPublication) {
    return this.publications.summary(actor, body);
  }

  @Needs('schedule.write')
  @Post(':id/undo')
  @ApiCreatedResponse({ standardSchema: publicationView })
  undo(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.publications.undo(actor, id);
  }
}
