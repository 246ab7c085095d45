import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { In, IsNull, MoreThanOrEqual } from 'typeorm';
import { PLAN_DAYS, type PlanHead, type PlannedPlay } from '../../devices/protocol/index.js';
import { AreaService } from '../areas/index.js';
import { Cluster, Controller } from '../fleet/index.js';
import { type AirableItem, LibraryService } from '../library/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { KeyRing } from '../platform/keys/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { concerns, type ScheduleEntry, ScheduleService, timeline } from '../scheduling/index.js';
import { AssetService, refOf } from './asset.service.js';
import { PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { dayParts } from './engine/day-parts.js';
import { type LocalDay, localDays } from './engine/days.js';
import { type BuiltPart, PartService } from './part.service.js';
import { writePlannedPlays } from './planned-plays.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';

const DAY_MS = 86_400_000;

interface Target {
  readonly controller: Controller;
  readonly cluster: Cluster;
  readonly head: PublishedHead | null;
}

/** Turns the timeline into signed heads and day parts, and writes down what each controller was told. */
@Injectable()
export class PlanPublisher {
  #running: Promise<void> | null = null;
  #again = false;
  #started = false;

  constructor(
    private readonly database: Database,
    private readonly schedule: ScheduleService,
    private readonly library: LibraryService,
    private readonly areas: AreaService,
    private readonly assets: AssetService,
    private readonly parts: PartService,
    private readonly keys: KeyRing,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** At each start everything is looked at once: whatever a crash left undone is done now. */
  async start(): Promise<void> {
    this.#started = true;
    this.refreshSoon();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#running;
  }

  /** The timer only ticks: that a day has begun, and what is due, is decided by looking. */
  @Cron('5 * * * * *')
  tick(): void {
    this.refreshSoon();
  }

  /** Many changes in a row are one refresh. Returns at once. */
  refreshSoon(): void {
    if (!this.#started) return;
    this.#again = true;
    this.#running ??= this.#loop().finally(() => {
      this.#running = null;
      // Asked in the very moment in which the loop ended.
      if (this.#again) this.refreshSoon();
    });
  }

  async #loop(): Promise<void> {
    while (this.#again && this.#started) {
      this.#again = false;
      try {
        await this.refresh();
      } catch (error) {
        // The next tick looks again; devices hold the plan they have.
        this.log.error({ err: error }, 'plans could not be refreshed');
      }
    }
  }

  /** Publishes what differs from what was told. @returns how many controllers got a new head */
  async refresh(): Promise<number> {
    const nowMs = this.clock.nowMs();
    const days = localDays(nowMs, this.settings.zone, PLAN_DAYS);
    const span = { fromMs: days[0]?.fromMs ?? nowMs, untilMs: days.at(-1)?.untilMs ?? nowMs };
    const known = await this.database.read(async (reader) => {
      const entries = await this.schedule.activeEntries(reader, span.untilMs);
      const items = await this.library.airable(reader, [...new Set(entries.map((entry) => entry.itemId))]);
      const controllers = await reader.findBy(Controller, { revokedAtMs: IsNull() });
      const clusters = new Map(
        (await reader.findBy(Cluster, { id: In(controllers.map((controller) => controller.clusterId)) })).map(
          (cluster) => [cluster.id, cluster],
        ),
      );
      const heads = new Map((await reader.find(PublishedHead)).map((head) => [head.controllerId, head]));
      const names = new Map((await this.areas.under(reader, '/')).map((area) => [area.id, area.name]));
      return { entries, items, controllers, clusters, heads, names };
    });
    const items = await this.#withAssets(known.items);
    const built = new Map<string, Promise<BuiltPart[]>>();
    const today = days[0]?.day ?? '';
    let published = 0;
    for (const controller of known.controllers) {
      const cluster = known.clusters.get(controller.clusterId);
      if (!cluster) continue;
      const head = known.heads.get(controller.id) ?? null;
      const entries = known.entries.filter((entry) => concerns(entry, cluster));
      // Controllers with the same entries and the same past share their parts.
      const key = JSON.stringify([entries.map((entry) => entry.id).sort(), head?.parts[today] ?? '']);
      const building = built.get(key) ?? this.#build(days, span, entries, items, head, nowMs);
      built.set(key, building);
      const target: Target = { controller, cluster, head };
      try {
        const parts = await building;
        if (await this.#publish(target, parts, days, known.names.get(cluster.areaId) ?? cluster.name, nowMs))
          published += 1;
      } catch (error) {
        // One commune's plan that cannot be made must not keep the others from theirs.
        this.log.error({ err: error, controllerId: controller.id }, 'a plan could not be published');
      }
    }
    await this.#retire(known.heads, new Set(known.controllers.map((controller) => controller.id)), nowMs);
    if (published > 0)
      this.log.info(
        { published, controllers: known.controllers.length, ms: this.clock.nowMs() - nowMs },
        'plans published',
      );
    return published;
  }

  /** An item whose file cannot be read is left out, as if it were not approved: it must not keep all others from the air. */
  async #withAssets(items: ReadonlyMap<string, AirableItem>): Promise<ReadonlyMap<string, AirableItem>> {
    const ready = new Map<string, AirableItem>();
    for (const item of items.values()) {
      try {
        await this.assets.register(item.audio.sha256, 'audio', item.audio.type);
        ready.set(item.id, item);
      } catch (error) {
        this.log.error({ err: error, itemId: item.id, sha256: item.audio.sha256 }, 'audio of an item cannot be read');
      }
    }
    return ready;
  }

  async #build(
    days: readonly LocalDay[],
    span: { fromMs: number; untilMs: number },
    entries: readonly ScheduleEntry[],
    items: ReadonlyMap<string, AirableItem>,
    head: PublishedHead | null,
    nowMs: number,
  ): Promise<BuiltPart[]> {
    const { plays } = timeline({ entries, items, span, zone: this.settings.zone });
    const described = await Promise.all(plays.map((play) => this.#withDescriptor(play)));
    const today = days[0]?.day ?? '';
    const begun = head?.parts[today] ? await this.parts.playsOf(head.parts[today]) : [];
    const told = new Map([[today, begun]]);
    const withdrawn = await this.#withdrawnOf(begun);
    const parts: BuiltPart[] = [];
    for (const part of dayParts(days, described, told, nowMs, withdrawn)) parts.push(await this.parts.keep(part));
    return parts;
  }

  /** Asked apart, because the entry of a play that has begun may be over or cancelled: that alone takes nothing back. */
  async #withdrawnOf(plays: readonly PlannedPlay[]): Promise<ReadonlySet<string>> {
    const ids = [...new Set(plays.map((play) => play.item.id))];
    const airable = await this.database.read((reader) => this.library.airable(reader, ids));
    return new Set(ids.filter((id) => !airable.has(id)));
  }

  async #withDescriptor(play: PlannedPlay): Promise<PlannedPlay> {
    const asset = await this.assets.find(play.audio.sha256);
    return asset?.descriptorSha256 ? { ...play, audio: { ...play.audio, descriptor: asset.descriptorSha256 } } : play;
  }

  /** Head, rows of what is planned, and the message to the device: in one commit or not at all (invariant 11). */
  async #publish(
    { controller, cluster, head }: Target,
    built: readonly BuiltPart[],
    days: readonly LocalDay[],
    areaName: string,
    nowMs: number,
  ): Promise<boolean> {
    const said = {
      area: { id: cluster.areaId, name: areaName },
      cluster: { id: cluster.id, name: cluster.name },
      from: days[0]?.day ?? '',
      until: days.at(-1)?.day ?? '',
      fromMs: days[0]?.fromMs ?? nowMs,
      untilMs: days.at(-1)?.untilMs ?? nowMs,
      parts: built.map(({ part, asset }) => ({ day: part.day, ...refOf(asset) })),
    };
    const contentSha256 = createHash('sha256').update(JSON.stringify(said)).digest('hex');
    // After a restored backup a device holds a newer plan than we know of, and refuses ours until its version is higher.
    const ahead = controller.syncedVersion > (head?.version ?? 0) && controller.syncedVersion <= nowMs + DAY_MS;
    if (head?.contentSha256 === contentSha256 && !ahead) return false;
    const version = Math.max((head?.version ?? 0) + 1, ahead ? controller.syncedVersion + 1 : 0, nowMs);
    const sinceMs = head?.sinceMs ?? nowMs;
    const message: PlanHead = { v: 1, device: controller.id, version, publishedAt: nowMs, sinceMs, ...said };
    const signed = this.keys.sign('vang-plan', message);
    await this.database.write(async (tx) => {
      const stored = await tx.manager.findOneBy(PublishedHead, { controllerId: controller.id });
      if ((stored?.version ?? 0) !== (head?.version ?? 0)) return;
      const parts = Object.fromEntries(built.map(({ part, asset }) => [part.day, asset.sha256]));
      await tx.manager.save(PublishedHead, {
        controllerId: controller.id,
        version,
        sinceMs,
        publishedAtMs: nowMs,
        contentSha256,
        signed,
        parts,
      });
      const plays = built.flatMap(({ part }) => part.plays.map((play) => ({ play, day: part.day })));
      await writePlannedPlays(
        tx,
        controller,
        cluster,
        plays.filter(({ play }) => play.startMs >= sinceMs),
        days[0]?.fromMs ?? nowMs,
        version,
        nowMs,
      );
      await this.outbox.add(tx, { topic: 'dispatch.head', payload: { controllerId: controller.id, version } });
    });
    return true;
  }

  /** A controller that was replaced or revoked is told nothing any more, and owes nothing that lies ahead. */
  async #retire(heads: ReadonlyMap<string, PublishedHead>, active: ReadonlySet<string>, nowMs: number): Promise<void> {
    for (const controllerId of heads.keys()) {
      if (active.has(controllerId)) continue;
      await this.database.write(async (tx) => {
        // It may have been enrolled since the list was read.
        if (await tx.manager.existsBy(Controller, { id: controllerId, revokedAtMs: IsNull() })) return;
        await tx.manager.delete(PublishedHead, { controllerId });
        await tx.manager.update(
          PlannedPlayRow,
          { controllerId, startMs: MoreThanOrEqual(nowMs), withdrawnAtMs: IsNull() },
          { withdrawnAtMs: nowMs },
        );
        await this.outbox.add(tx, { topic: 'dispatch.head', payload: { controllerId, version: 0 } });
      });
    }
  }
}
