import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { delegationView, type NewDelegation, newDelegation } from './delegation.api.js';
import { DelegationService } from './delegation.service.js';

@ApiTags('approval')
@ApiBearerAuth()
@Needs('library.read')
@Controller('api/delegations')
export class DelegationController {
  constructor(private readonly delegations: DelegationService) {}

  @Post()
  @ApiCreatedResponse({ standardSchema: delegationView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newDelegation }) body: NewDelegation) {
    return this.delegations.create(actor, body);
  }

  @Get()
  @ApiOkResponse({ standardSchema: z.array(delegationView) })
  list(@CurrentActor() actor: Actor) {
    return this.delegations.list(actor);
  }

  @Delete(':id')
  @ApiOkResponse({ standardSchema: delegationView })
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.delegations.revoke(actor, id);
  }
}
