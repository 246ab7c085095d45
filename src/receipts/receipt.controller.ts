import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { receipt as receiptSchema } from '../../devices/protocol/index.js';
import { Database } from '../platform/database/index.js';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import { pickLanguage, problemRegistry } from '../platform/i18n/index.js';
import { type DayQuery, dayQuery, dayView } from './day/day.api.js';
import { DayService } from './day/day.service.js';
import { deviationsOf } from './engine/deviations.js';
import { gapsUnder } from './gap.queries.js';
import { findLeft, findReceipts } from './ledger.queries.js';
import {
  gapView,
  quarantineView,
  type ReceiptQuery,
  type ReceiptView,
  receiptQuery,
  receiptView,
} from './receipt.api.js';
import { QuarantinedReceipt } from './receipt.entity.js';
import { placeOf } from './receipt-id.js';
import { receptionView } from './reception/reception.api.js';
import { ReceptionService } from './reception/reception.service.js';
import { ArchivedReceipts } from './retention/archived.reader.js';

const MOST_LISTED = 200;

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api')
export class ReceiptController {
  constructor(
    private readonly reception: ReceptionService,
    private readonly day: DayService,
    private readonly archived: ArchivedReceipts,
    private readonly database: Database,
  ) {}

  /** What communes did with content of an office above: accepted, scheduled, played. */
  @Needs('coverage.read')
  @Get('items/:id/reception')
  @ApiOkResponse({ standardSchema: receptionView })
  ofItem(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.reception.ofItem(actor, id);
  }

  /** What the loudspeakers of an area were to play on a day, and what came of it. */
  @Needs('coverage.read')
  @Get('receipts/day')
  @ApiOkResponse({ standardSchema: dayView })
  ofDay(@CurrentActor() actor: Actor, @Query({ schema: dayQuery }) query: DayQuery) {
    return this.day.ofArea(actor, query);
  }

  @Needs('coverage.read')
  @Get('receipts')
  @ApiOkResponse({ standardSchema: z.array(receiptView) })
  async list(@CurrentActor() actor: Actor, @Query({ schema: receiptQuery }) query: ReceiptQuery) {
    const rows = await this.database.read((reader) =>
      findReceipts(reader, { ...query, scopes: actor.scopes('coverage.read') }),
    );
    const here = rows.map(({ receipt: { id, controllerId, boot, seq, receivedAtMs, backfill, text }, ...said }) => ({
      ...{ id, controllerId, boot, seq, receivedAtMs, backfill },
      ...said,
      notAsRequired: deviationsOf(receiptSchema.parse(JSON.parse(text))),
      ...{ receipt: text, archive: null },
    }));
    return [...here, ...(await this.#left(actor, { ...query, limit: query.limit - here.length }))];
  }

  /** Those that left the database, behind all that are there. */
  async #left(actor: Actor, query: ReceiptQuery): Promise<ReceiptView[]> {
    const rows = await this.database.read((reader) =>
      findLeft(reader, { ...query, scopes: actor.scopes('coverage.read') }),
    );
    const names = await this.archived.namesOf(rows.map(({ id }) => id));
    return rows.map(({ id, ...said }) => {
      const { device: controllerId, boot, seq } = placeOf(id);
      const told = { receivedAtMs: null, backfill: null, notAsRequired: null, receipt: null };
      return { id, controllerId, boot, seq, ...told, ...said, archive: names.get(id) ?? null };
    });
  }

  /** What is missing in the chains of devices, oldest first. */
  @Needs('coverage.read')
  @Get('receipts/gaps')
  @ApiOkResponse({ standardSchema: z.array(gapView) })
  async gaps(@CurrentActor() actor: Actor) {
    const gaps = await this.database.read((reader) => gapsUnder(reader, actor.scopes('coverage.read'), MOST_LISTED));
    return gaps.map(({ controllerId, clusterId, openedAtMs, askedAtMs, ...gap }) => ({
      ...{ controllerId, clusterId },
      after: { boot: gap.afterBoot, seq: gap.afterSeq },
      before: { boot: gap.beforeBoot, seq: gap.beforeSeq },
      ...{ openedAtMs, askedAtMs },
    }));
  }

  /** What was kept apart, with the reason in words. Only for whoever sees the whole installation. */
  @Needs('coverage.read')
  @Get('receipts/quarantine')
  @ApiOkResponse({ standardSchema: z.array(quarantineView) })
  async quarantine(@CurrentActor() actor: Actor, @Headers('accept-language') language: string | undefined) {
    actor.demand('coverage.read', '/');
    const rows = await this.database.read((reader) =>
      reader.find(QuarantinedReceipt, { order: { receivedAtMs: 'DESC' }, take: MOST_LISTED }),
    );
    return rows.map(({ id, controllerId, reason, receivedAtMs, payload }) => ({
      id,
      controllerId,
      reason,
      title: problemRegistry.get(reason)?.[pickLanguage(language)] ?? reason,
      receivedAtMs,
      payload,
    }));
  }
}
