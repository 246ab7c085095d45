import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import { type NewPlan, newPlan, planLineView, planView, type RuleChange, ruleChange } from './plan.api.js';
import { PlanService } from './plan.service.js';

@ApiTags('plans')
@ApiBearerAuth()
@Controller('api')
export class PlanController {
  constructor(private readonly plans: PlanService) {}

  @Needs('plan.read')
  @Get('plans')
  @ApiOkResponse({ standardSchema: z.array(planView) })
  list(@CurrentActor() actor: Actor) {
    return this.plans.list(actor);
  }

  @Needs('plan.manage')
  @Post('plans')
  @ApiCreatedResponse({ standardSchema: planView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newPlan }) body: NewPlan) {
    return this.plans.create(actor, body);
  }

  /** When a cell of the line is complete. What the payer wants is often known late: the change is recorded. */
  @Needs('plan.manage')
  @Patch('plan-lines/:id')
  @ApiOkResponse({ standardSchema: planLineView })
  changeRule(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: ruleChange }) body: RuleChange) {
    return this.plans.changeRule(actor, id, body);
  }
}
