import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { doubtView, type NewDoubt, newDoubt, outcomeChangeView } from './doubt.api.js';
import { DoubtService } from './doubt.service.js';

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api')
export class DoubtController {
  constructor(private readonly doubts: DoubtService) {}

  /** What a revoked controller signed from a moment on proves nothing any more: its plays are unknown again. */
  @Needs('fleet.manage')
  @Post('controllers/:id/doubts')
  @ApiCreatedResponse({ standardSchema: doubtView })
  doubt(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: newDoubt }) body: NewDoubt) {
    return this.doubts.doubt(actor, id, body);
  }

  /** How the outcome of a play changed after it was written down. */
  @Needs('coverage.read')
  @Get('receipts/plays/:id/history')
  @ApiOkResponse({ standardSchema: z.array(outcomeChangeView) })
  async history(@CurrentActor() actor: Actor, @Param('id') id: string) {
    const changes = await this.doubts.historyOf(actor, id);
    return changes.map(({ id: _id, playId: _play, ...change }) => change);
  }
}
