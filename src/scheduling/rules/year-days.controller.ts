import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type YearDaysContent, type YearParam, yearDaysContent, yearDaysView, yearParam } from './year-days.api.js';
import { YearDaysService } from './year-days.service.js';

/** Holidays, swapped working days and national mourning, for the whole country. */
@ApiTags('schedule rules')
@ApiBearerAuth()
@ApiParam({ name: 'year', type: 'integer' })
@Controller('api/year-days/:year')
export class YearDaysController {
  constructor(private readonly yearDays: YearDaysService) {}

  @Needs('schedule.read')
  @Get()
  @ApiOkResponse({ standardSchema: yearDaysView })
  get(@Param({ schema: yearParam }) { year }: YearParam) {
    return this.yearDays.get(year);
  }

  @Needs('schedule.read')
  @Get('ready-made')
  @ApiOkResponse({ standardSchema: yearDaysView })
  readyMade(@Param({ schema: yearParam }) { year }: YearParam) {
    return this.yearDays.readyMade(year);
  }

  /** For whoever may make rules for the whole country. */
  @Needs('schedule.rules')
  @Put()
  @ApiOkResponse({ standardSchema: yearDaysView })
  set(
    @CurrentActor() actor: Actor,
    @Param({ schema: yearParam }) { year }: YearParam,
    @Body({ schema: yearDaysContent }) body: YearDaysContent,
  ) {
    return this.yearDays.set(actor, year, body);
  }
}
