import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type CalendarImport,
  type CalendarQuery,
  calendarAnswer,
  calendarImport,
  calendarQuery,
} from './exchange.api.js';
import { CalendarExport } from './export.service.js';
import { CalendarIntake } from './import.service.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api/schedule')
export class ExchangeController {
  constructor(
    private readonly outgoing: CalendarExport,
    private readonly intake: CalendarIntake,
  ) {}

  @Needs('schedule.read')
  @Get('calendar.ics')
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="lich-phat.ics"')
  @ApiProduces('text/calendar')
  @ApiOkResponse({ schema: { type: 'string' } })
  download(@CurrentActor() actor: Actor, @Query({ schema: calendarQuery }) query: CalendarQuery) {
    return this.outgoing.calendar(actor, query.areaId);
  }

  @Needs('schedule.write')
  @Post('calendar')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: calendarAnswer })
  take(@CurrentActor() actor: Actor, @Body({ schema: calendarImport }) body: CalendarImport) {
    return this.intake.take(actor, body);
  }
}
