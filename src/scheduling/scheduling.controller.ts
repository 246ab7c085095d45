import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import { EntryService } from './entry.service.js';
import { ScheduleService } from './schedule.service.js';
import {
  type EntryQuery,
  entryQuery,
  entryView,
  type NewEntries,
  type NewEntry,
  newEntries,
  newEntry,
  type PreviewQuery,
  previewQuery,
  previewView,
} from './scheduling.api.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api')
export class SchedulingController {
  constructor(
    private readonly entries: EntryService,
    private readonly schedule: ScheduleService,
  ) {}

  @Needs('schedule.read')
  @Get('entries')
  @ApiOkResponse({ standardSchema: z.array(entryView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: entryQuery }) query: EntryQuery) {
    return this.entries.list(actor, query);
  }

  @Needs('schedule.write')
  @Post('entries')
  @ApiCreatedResponse({ standardSchema: entryView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newEntry }) body: NewEntry) {
    return this.entries.create(actor, body);
  }

  @Needs('schedule.write')
  @Post('entries/bulk')
  @ApiCreatedResponse({ standardSchema: z.array(entryView) })
  createMany(@CurrentActor() actor: Actor, @Body({ schema: newEntries }) body: NewEntries) {
    return this.entries.createMany(actor, body.entries);
  }

  /** Cancels: what has started stays. */
  @Needs('schedule.write')
  @Delete('entries/:id')
  @ApiOkResponse({ standardSchema: entryView })
  cancel(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.entries.cancel(actor, id);
  }

  @Needs('schedule.read')
  @Get('schedule/preview')
  @ApiOkResponse({ standardSchema: previewView })
  preview(@CurrentActor() actor: Actor, @Query({ schema: previewQuery }) query: PreviewQuery) {
    return this.schedule.preview(actor, query);
  }
}
