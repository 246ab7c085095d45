import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { itemView } from '../items/item.api.js';
import {
  type Approval,
  approval,
  type Correction,
  correction,
  type Listening,
  listening,
  type Reasoned,
  reasoned,
  type Withdrawal,
  withdrawal,
} from './approval.api.js';
import { ApprovalService } from './approval.service.js';
import { CorrectionService } from './correction.service.js';
import { ReviewService } from './review.service.js';

/**
 * Whoever may read reaches these: a right to approve may also come from a delegation, and what it allows depends on the
 * status. The table in engine/approval.ts decides.
 */
@ApiTags('approval')
@ApiBearerAuth()
@Needs('library.read')
@Controller('api/items')
export class ApprovalController {
  constructor(
    private readonly approvals: ApprovalService,
    private readonly corrections: CorrectionService,
    private readonly reviews: ReviewService,
  ) {}

  @Post(':id/submit')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  submit(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.approvals.submit(actor, id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  approve(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: approval }) body: Approval) {
    return this.approvals.approve(actor, id, body);
  }

  @Post(':id/return')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  return(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: reasoned }) body: Reasoned) {
    return this.approvals.return(actor, id, body.reason, body.version);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  refuse(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: reasoned }) body: Reasoned) {
    return this.approvals.refuse(actor, id, body.reason, body.version);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  withdraw(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: withdrawal }) body: Withdrawal) {
    return this.approvals.withdraw(actor, id, body);
  }

  /** Sửa và duyệt: the corrected words become a new version, to be heard and then approved. */
  @Post(':id/correct')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  correct(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: correction }) body: Correction) {
    return this.corrections.correct(actor, id, body);
  }

  @Post(':id/heard')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  heard(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: listening }) body: Listening) {
    return this.corrections.heard(actor, id, body);
  }

  /** A named reviewer of the language found this audio right. */
  @Post(':id/review')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: itemView })
  review(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: listening }) body: Listening) {
    return this.reviews.review(actor, id, body);
  }
}
