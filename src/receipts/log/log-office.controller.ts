import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { toBase64 } from '../../../proof/index.js';
import { Database } from '../../platform/database/index.js';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { isUnder } from '../ledger.queries.js';
import { ReceiptRow } from '../receipt.entity.js';
import { EpochService } from './epoch.service.js';
import { type EpochRequest, epochRequest, epochView, inclusionView, type SizeQuery, sizeQuery } from './log.api.js';
import { logProblem } from './problems.js';
import { TransparencyLog } from './transparency-log.js';
import { leafOfText } from './unlogged.js';

@ApiTags('log')
@ApiBearerAuth()
@Controller('api')
export class LogOfficeController {
  constructor(
    private readonly transparency: TransparencyLog,
    private readonly epochs: EpochService,
    private readonly database: Database,
  ) {}

  /** By the id of the receipt, which is nobody's to guess: for whoever sees the receipt. */
  @Needs('coverage.read')
  @Get('receipts/:id/inclusion')
  @ApiOkResponse({ standardSchema: inclusionView })
  inclusion(@CurrentActor() actor: Actor, @Param('id') id: string, @Query({ schema: sizeQuery }) query: SizeQuery) {
    return this.database.read(async (reader) => {
      if (!(await isUnder(reader, id, actor.scopes('coverage.read')))) throw logProblem('log.unknownLeaf');
      const size = query.size ?? (await this.transparency.latestCheckpoint(reader))?.size ?? 0;
      const receipt = await reader.findOneBy(ReceiptRow, { id });
      // What left the database is known by its leaf alone; what is here, by its text, which somebody may have changed.
      const leaf = receipt
        ? { hash: leafOfText(receipt.text) }
        : { number: (await this.transparency.numberOf(reader, id)) ?? Number.MAX_SAFE_INTEGER };
      const proof = await this.transparency.inclusion(reader, leaf, size);
      return { ...proof, path: proof.path.map(toBase64) };
    });
  }

  /** After an older backup was restored: the log goes on under a new name. */
  @Needs('log.manage')
  @Post('log/epochs')
  @HttpCode(201)
  @ApiOkResponse({ standardSchema: epochView })
  async begin(@CurrentActor() actor: Actor, @Body({ schema: epochRequest }) { reason }: EpochRequest) {
    const { number, beganAtMs, size } = await this.epochs.begin(actor, reason);
    return { number, beganAtMs, size, reason };
  }
}
