import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import { type NewPlan, newPlan, planView } from './plan.api.js';
import { PlanService } from './plan.service.js';

@ApiTags('plans')
@ApiBearerAuth()
@Controller('api/plans')
export class PlanController {
  constructor(private readonly plans: PlanService) {}

  @Needs('plan.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(planView) })
  list(@CurrentActor() actor: Actor) {
    return this.plans.list(actor);
  }

  @Needs('plan.manage')
  @Post()
  @ApiCreatedResponse({ standardSchema: planView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newPlan }) body: NewPlan) {
    return this.plans.create(actor, body);
  }
}
