import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type AcceptanceRequest,
  acceptance,
  acceptanceView,
  type IncomingQuery,
  incomingQuery,
  incomingView,
} from './acceptance.api.js';
import { AcceptanceService } from './acceptance.service.js';

@ApiTags('library')
@ApiBearerAuth()
@Controller('api')
export class AcceptanceController {
  constructor(private readonly acceptances: AcceptanceService) {}

  /** A commune takes content of an office above into its programme, or says why not. The last decision counts. */
  @Needs('schedule.write')
  @Put('items/:id/acceptance')
  @ApiOkResponse({ standardSchema: acceptanceView })
  decide(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: acceptance }) body: AcceptanceRequest) {
    return this.acceptances.decide(actor, id, body);
  }

  @Needs('library.read')
  @Get('incoming')
  @ApiOkResponse({ standardSchema: incomingView })
  incoming(@CurrentActor() actor: Actor, @Query({ schema: incomingQuery }) { areaId }: IncomingQuery) {
    return this.acceptances.incoming(actor, areaId);
  }
}
