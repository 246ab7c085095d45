import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Audit } from '../accounts/index.js';
import { type Area, AreaService, covers } from '../areas/index.js';
import { Summons, UnreadyAudio } from '../dispatch/index.js';
import { type AirableItem, ApprovalService, type Duty, EmergencyPolicies, LibraryService } from '../library/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, insertRow, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import type { OutboxRelay } from '../platform/outbox/index.js';
import { AiringService } from '../scheduling/index.js';
import type { EmergencyView, NewEmergency } from './emergency.api.js';
import { Emergency } from './emergency.entity.js';
import { alertProblem } from './problems.js';

/** Time for the plan and the sound to reach devices that are online, before all begin together. */
const LEAD_MS = 20_000;
/** Who is offline for a while still airs it when it hears of it; later than this it is no news. */
const GRACE_MS = 60 * 60_000;
const MOST_LISTED = 200;

/** Airs an emergency at once (khẩn cấp, TT 39/2020): it pre-empts everything and does not wait for an approver. */
@Injectable()
export class EmergencyService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly approvals: ApprovalService,
    private readonly policies: EmergencyPolicies,
    private readonly airing: AiringService,
    private readonly summons: Summons,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Only an officer whom the policy of the area names; what is not approved goes on air to be judged afterwards. */
  async air(actor: Actor, request: NewEmergency): Promise<EmergencyView> {
    for (;;)
      try {
        return await this.database.write((tx) => this.#air(tx, actor, request));
      } catch (error) {
        // Its first time on air: the file is read outside of the transaction, which then begins again.
        if (!(error instanceof UnreadyAudio)) throw error;
        await this.summons.register(error);
      }
  }

  /** What is taken off the air everywhere is stopped where it was summoned, too. */
  register(relay: OutboxRelay): void {
    relay.on<{ itemId: string; version: number }>('library.withdrawn', async ({ payload: { itemId, version } }) => {
      await this.database.write(async (tx) => {
        const summoned = { itemId, itemVersion: version, stoppedAtMs: IsNull() };
        for (const { commandId } of await tx.manager.findBy(Emergency, summoned))
          if (commandId !== null) await this.summons.stop(tx, commandId, null, 'nội dung đã bị thu hồi');
      });
    });
  }

  async #air(tx: WriteTransaction, actor: Actor, request: NewEmergency): Promise<EmergencyView> {
    const area = await this.areas.get(actor, request.areaId);
    const duty = await this.policies.dutyAt(tx.manager, actor, area.path);
    if (!duty) throw alertProblem('alert.notOnDuty');
    const same = await tx.manager.findOneBy(Emergency, { requestKey: request.requestKey });
    if (same?.officerId === actor.accountId) return viewOf(same);
    const { item, reviewDueAtMs } = await this.#ready(tx, actor, area, duty, request);
    const nowMs = this.clock.nowMs();
    const startMs = Math.ceil((nowMs + LEAD_MS) / 1_000) * 1_000;
    const { volume, clusterIds } = request;
    const { title, id: itemId } = item;
    const air = { area, item, title, startMs, graceMs: GRACE_MS, volume, clusterIds };
    const { id: entryId } = await this.airing.air(tx, actor, air);
    const id = newId();
    const commandId = await this.summons.summon(tx, entryId, {
      requestKey: `emergency:${id}`,
      areaId: area.id,
      areaPath: area.path,
      clusterIds: clusterIds && [...new Set(clusterIds)].sort(),
      by: actor,
      reason: request.reason,
    });
    const emergency: Emergency = {
      id,
      areaId: area.id,
      areaPath: area.path,
      entryId,
      commandId,
      itemId,
      itemVersion: item.version,
      title,
      basis: item.approval,
      reviewDueAtMs,
      reason: request.reason,
      officerId: actor.accountId,
      officerName: actor.name,
      airedAtMs: nowMs,
      startMs,
      stoppedAtMs: null,
      stoppedByName: null,
      requestKey: request.requestKey,
    };
    await insertRow(tx.manager, Emergency, emergency);
    const { basis, reason } = emergency;
    const detail = {
      entryId,
      commandId,
      itemId,
      version: item.version,
      basis,
      reason,
      policyOf: duty.areaId,
      reviewDueAtMs,
    };
    await this.audit.add(tx, actor, { action: 'emergency.aired', subject: id, areaPath: area.path, detail });
    return viewOf(emergency);
  }

  /** Ends it: devices are told to stop, and get a plan without it. The officer on duty may, and whoever may withdraw content there. */
  async stop(actor: Actor, id: string): Promise<EmergencyView> {
    return this.database.write(async (tx) => {
      const emergency = await tx.manager.findOneBy(Emergency, { id });
      if (!emergency || !actor.may('schedule.read', emergency.areaPath)) throw alertProblem('alert.unknown');
      const { areaPath } = emergency;
      const onDuty = (await this.policies.dutyAt(tx.manager, actor, areaPath)) !== null;
      if (!onDuty) actor.demand('library.approve', areaPath);
      if (emergency.stoppedAtMs !== null) return viewOf(emergency);
      emergency.stoppedAtMs = this.clock.nowMs();
      emergency.stoppedByName = actor.name;
      await tx.manager.save(Emergency, emergency);
      await this.airing.stopAiring(tx, emergency.entryId);
      if (emergency.commandId !== null) await this.summons.stop(tx, emergency.commandId, actor, 'dừng phát khẩn cấp');
      await this.audit.add(tx, actor, { action: 'emergency.stopped', subject: id, areaPath });
      return viewOf(emergency);
    });
  }

  /** At or below the area, the newest first. */
  async list(actor: Actor, areaId: string): Promise<EmergencyView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', area.path);
      const found = await reader
        .createQueryBuilder(Emergency, 'emergency')
        .where('emergency.areaPath LIKE :below', { below: `${area.path}%` })
        .orderBy('emergency.airedAtMs', 'DESC')
        .addOrderBy('emergency.id', 'DESC')
        .limit(MOST_LISTED)
        .getMany();
      return found.map(viewOf);
    });
  }

  /** The item as it goes on air. What nobody approved yet becomes provisional here, if the policy lets it. */
  async #ready(
    tx: WriteTransaction,
    actor: Actor,
    area: Area,
    duty: Duty,
    { itemId, version, audioSha256 }: NewEmergency,
  ): Promise<{ readonly item: AirableItem; readonly reviewDueAtMs: number | null }> {
    const { areaPath } = await this.library.seen(tx.manager, actor, itemId);
    if (!covers(areaPath, area.path)) throw alertProblem('alert.contentElsewhere');
    const known = await this.#airable(tx, itemId);
    const isOnAir = known?.version === version;
    if (isOnAir && known.approval === 'before') {
      if (!duty.preApproved) throw alertProblem('alert.onlyFreeText');
      if (known.audio.sha256 !== audioSha256) throw alertProblem('alert.heardOther');
      return { item: known, reviewDueAtMs: null };
    }
    // Aired before and not judged yet: once more is the same matter with the same deadline.
    const before = isOnAir ? await tx.manager.findOneBy(Emergency, { itemId, itemVersion: version }) : null;
    if (known && before && duty.freeText && known.audio.sha256 === audioSha256)
      return { item: known, reviewDueAtMs: before.reviewDueAtMs };
    const aired = await this.approvals.airAtOnce(tx, actor, itemId, { version, audioSha256, areaPath: area.path });
    const item = await this.#airable(tx, itemId);
    if (!item) throw alertProblem('alert.heardOther');
    return { item, reviewDueAtMs: aired.reviewDueAtMs };
  }

  async #airable(tx: WriteTransaction, itemId: string): Promise<AirableItem | undefined> {
    return (await this.library.airable(tx.manager, [itemId])).get(itemId);
  }
}

function viewOf(emergency: Emergency): EmergencyView {
  const { areaPath: _path, officerId: _officer, requestKey: _key, ...view } = emergency;
  return view;
}
