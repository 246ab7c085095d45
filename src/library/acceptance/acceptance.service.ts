import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { type Area, AreaService, covers, idsUpwards } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { ON_AIR } from '../engine/approval.js';
import { cleanText } from '../engine/script-text.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { approvedVersions } from '../items/item.queries.js';
import { libraryProblem } from '../problems.js';
import type { AcceptanceRequest, AcceptanceView, IncomingView } from './acceptance.api.js';
import { type AcceptanceDecision, ItemAcceptance } from './acceptance.entity.js';

const MOST_INCOMING = 200;

/**
 * What an office above approved arrives in communes as approved above: nobody approves it again, but each commune decides
 * whether it belongs to its programme (đã nhận), because the station is the commune's (NĐ 49/2024).
 */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async decide(actor: Actor, itemId: string, request: AcceptanceRequest): Promise<AcceptanceView> {
    const { areaId, decision } = request;
    const reason = request.reason === null ? null : cleanText(request.reason);
    if (decision === 'declined' && reason === null) throw libraryProblem('library.reasonMissing');
    return this.database.write(async (tx) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.write', area.path);
      const item = await incomingItem(tx.manager, itemId, area);
      return this.#record(tx, actor, item, area, { decision, reason });
    });
  }

  /** A commune that schedules content of an office above has accepted it; inside the transaction of the schedule. */
  async noteScheduled(tx: WriteTransaction, actor: Actor, itemId: string, area: Pick<Area, 'id' | 'path'>) {
    const item = await tx.manager.findOneBy(Item, { id: itemId });
    if (!item || item.areaPath === area.path || !covers(item.areaPath, area.path)) return;
    const known = await tx.manager.findOneBy(ItemAcceptance, { itemId, areaId: area.id });
    if (known?.decision !== 'accepted')
      await this.#record(tx, actor, item, area, { decision: 'accepted', reason: null });
  }

  /** What waits for the commune's decision. */
  async incoming(actor: Actor, areaId: string): Promise<IncomingView> {
    return this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('library.read', area.path);
      const above = idsUpwards(area.path).filter((id) => id !== area.id);
      if (above.length === 0) return [];
      const open = await reader
        .createQueryBuilder(Item, 'item')
        .innerJoin(ItemVersion, 'version', 'version.itemId = item.id AND version.n = item.approvedVersion')
        .leftJoin(ItemAcceptance, 'decided', 'decided.itemId = item.id AND decided.areaId = :areaId', { areaId })
        .where('item.areaId IN (:...above)', { above })
        .andWhere('version.status IN (:...onAir)', { onAir: ON_AIR })
        .andWhere('decided.itemId IS NULL')
        .orderBy('version.decidedAtMs', 'DESC')
        .addOrderBy('item.id', 'DESC')
        .limit(MOST_INCOMING)
        .getMany();
      const versions = await approvedVersions(reader, open);
      return open.flatMap((item) => incomingOf(item, versions.get(item.id)));
    });
  }

  /** Decisions on an item, by the area that took them. For other rooms; rights are theirs to check. */
  async decisions(reader: EntityManager, itemId: string): Promise<ReadonlyMap<string, ItemAcceptance>> {
    const found = await reader.findBy(ItemAcceptance, { itemId });
    return new Map(found.map((each) => [each.areaId, each]));
  }

  async #record(
    tx: WriteTransaction,
    actor: Actor,
    item: Item,
    area: Pick<Area, 'id' | 'path'>,
    { decision, reason }: { readonly decision: AcceptanceDecision; readonly reason: string | null },
  ): Promise<AcceptanceView> {
    const row: ItemAcceptance = {
      itemId: item.id,
      areaId: area.id,
      areaPath: area.path,
      decision,
      reason,
      decidedBy: actor.accountId,
      decidedByName: actor.name,
      decidedAtMs: this.clock.nowMs(),
    };
    await tx.manager.save(ItemAcceptance, row);
    await this.audit.add(tx, actor, {
      action: `library.${decision}`,
      subject: item.id,
      areaPath: area.path,
      detail: { version: item.approvedVersion, reason },
    });
    await this.outbox.add(tx, { topic: 'library.acceptance', payload: { itemId: item.id, areaId: area.id, decision } });
    const { itemId, areaId, decidedByName, decidedAtMs } = row;
    return { itemId, areaId, decision, reason, decidedByName, decidedAtMs };
  }
}

/** An item that an office above the area has on air; else it is not the commune's to decide on. */
async function incomingItem(reader: EntityManager, itemId: string, area: Pick<Area, 'path'>): Promise<Item> {
  const item = await reader.findOneBy(Item, { id: itemId });
  if (!item || item.areaPath === area.path || !covers(item.areaPath, area.path) || item.approvedVersion === null)
    throw libraryProblem('library.itemUnknown');
  return item;
}

function incomingOf(item: Item, version: ItemVersion | undefined): IncomingView {
  if (!version) return [];
  const { title, sourceOffice, validTo } = version.metadata ?? item;
  return [
    {
      itemId: item.id,
      title,
      kind: item.kind,
      language: item.language,
      fromAreaId: item.areaId,
      sourceOffice,
      version: version.n,
      approvedAtMs: version.decidedAtMs,
      durationMs: version.audioDurationMs,
      validTo,
    },
  ];
}
