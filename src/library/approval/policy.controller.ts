import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { EmergencyPolicies } from './emergency-policies.js';
import {
  type NewEmergencyPolicy,
  newEmergencyPolicy,
  policyAnswer,
  type ReviewerChange,
  reviewerChange,
  reviewerLists,
} from './policy.api.js';
import { ReviewService } from './review.service.js';

/** What an area has settled about approving: who knows which language, and who may air in an emergency. */
@ApiTags('approval')
@ApiBearerAuth()
@Controller('api/areas/:areaId')
export class PolicyController {
  constructor(
    private readonly reviews: ReviewService,
    private readonly policies: EmergencyPolicies,
  ) {}

  @Needs('library.read')
  @Get('language-reviewers')
  @ApiOkResponse({ standardSchema: reviewerLists })
  reviewers(@CurrentActor() actor: Actor, @Param('areaId') areaId: string) {
    return this.reviews.lists(actor, areaId);
  }

  @Needs('library.approve')
  @Put('language-reviewers')
  @ApiOkResponse({ standardSchema: reviewerLists })
  setReviewers(
    @CurrentActor() actor: Actor,
    @Param('areaId') areaId: string,
    @Body({ schema: reviewerChange }) body: ReviewerChange,
  ) {
    return this.reviews.setList(actor, areaId, body);
  }

  /** The policy in force: the area's own, or that of the nearest area above. */
  @Needs('library.read')
  @Get('emergency-policy')
  @ApiOkResponse({ standardSchema: policyAnswer })
  policy(@CurrentActor() actor: Actor, @Param('areaId') areaId: string) {
    return this.policies.get(actor, areaId);
  }

  @Needs('library.approve')
  @Put('emergency-policy')
  @ApiOkResponse({ standardSchema: policyAnswer })
  setPolicy(
    @CurrentActor() actor: Actor,
    @Param('areaId') areaId: string,
    @Body({ schema: newEmergencyPolicy }) body: NewEmergencyPolicy,
  ) {
    return this.policies.set(actor, areaId, body);
  }

  @Needs('library.approve')
  @Delete('emergency-policy')
  @ApiOkResponse({ standardSchema: policyAnswer })
  removePolicy(@CurrentActor() actor: Actor, @Param('areaId') areaId: string) {
    return this.policies.remove(actor, areaId);
  }
}
