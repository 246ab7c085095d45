import { Body, Controller, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type NewPlayNow, newPlayNow, playNowView } from './play-now.api.js';
import { PlayNowService } from './play-now.service.js';

@ApiTags('commands')
@ApiBearerAuth()
@Controller('api')
export class PlayNowController {
  constructor(private readonly plays: PlayNowService) {}

  /** Phát ngay. Needs `schedule.write` and `fleet.command` there. */
  @Needs('fleet.command')
  @Post('play-now')
  @ApiCreatedResponse({ standardSchema: playNowView })
  play(@CurrentActor() actor: Actor, @Body({ schema: newPlayNow }) body: NewPlayNow) {
    return this.plays.play(actor, body);
  }
}
