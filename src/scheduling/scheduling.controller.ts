import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import {
  type EditRequest,
  type EntryQuery,
  editedView,
  editRequest,
  entryQuery,
  entryView,
  type NewEntries,
  type NewEntry,
  newEntries,
  newEntry,
  type OccurrenceEdit,
  occurrenceEdit,
} from './entries/entry.api.js';
import { EntryService } from './entries/entry.service.js';
import { type PreviewQuery, previewQuery, previewView } from './preview/preview.api.js';
import { ScheduleService } from './preview/schedule.service.js';

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

  /** What is not given stays; what has started stays as it was. */
  @Needs('schedule.write')
  @Patch('entries/:id')
  @ApiOkResponse({ standardSchema: editedView })
  edit(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: editRequest }) body: EditRequest) {
    return this.entries.edit(actor, id, body.edit, body.fromMs);
  }

  /** Moves or cancels one occurrence, or puts it back. */
  @Needs('schedule.write')
  @Put('entries/:id/occurrences')
  @ApiOkResponse({ standardSchema: entryView })
  changeOccurrence(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: occurrenceEdit }) body: OccurrenceEdit,
  ) {
    return this.entries.changeOccurrence(actor, id, body);
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
