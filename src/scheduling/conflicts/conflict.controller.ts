import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type ConflictQuery,
  conflictList,
  conflictQuery,
  type SolutionRequest,
  solutionRequest,
  type WhyQuery,
  whyQuery,
  whyView,
} from './conflict.api.js';
import { ConflictService } from './conflict.service.js';

@ApiTags('scheduling')
@ApiBearerAuth()
@Controller('api/schedule')
export class ConflictController {
  constructor(private readonly conflicts: ConflictService) {}

  @Needs('schedule.read')
  @Get('conflicts')
  @ApiOkResponse({ standardSchema: conflictList })
  list(@CurrentActor() actor: Actor, @Query({ schema: conflictQuery }) query: ConflictQuery) {
    return this.conflicts.list(actor, query);
  }

  /** @returns what is left to look at */
  @Needs('schedule.write')
  @Post('conflicts/solutions')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: conflictList })
  solve(@CurrentActor() actor: Actor, @Body({ schema: solutionRequest }) body: SolutionRequest) {
    return this.conflicts.solve(actor, body);
  }

  @Needs('schedule.read')
  @Get('why')
  @ApiOkResponse({ standardSchema: whyView })
  why(@CurrentActor() actor: Actor, @Query({ schema: whyQuery }) query: WhyQuery) {
    return this.conflicts.why(actor, query);
  }
}
