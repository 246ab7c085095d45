import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type Session, session, sessionResult } from './approval.api.js';
import { waitingVersions } from './waiting.api.js';
import { WaitingService } from './waiting.service.js';

@ApiTags('approval')
@ApiBearerAuth()
@Needs('library.read')
@Controller('api/approvals')
export class WaitingController {
  constructor(private readonly waiting: WaitingService) {}

  /** What waits for me, the most urgent first; the first 500. */
  @Get()
  @ApiOkResponse({ standardSchema: waitingVersions })
  list(@CurrentActor() actor: Actor) {
    return this.waiting.list(actor);
  }

  /** Duyệt cả buổi. Answers 200 with a line for each, also when some were refused. */
  @Post()
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: sessionResult })
  approveAll(@CurrentActor() actor: Actor, @Body({ schema: session }) body: Session) {
    return this.waiting.approveAll(actor, body);
  }
}
