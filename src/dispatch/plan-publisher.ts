import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { IsNull, MoreThanOrEqual } from 'typeorm';
import { PLAN_DAYS, type PlanHead, type PlannedPlay } from '../../devices/protocol/index.js';
import { AreaService } from '../areas/index.js';
import { Cluster, Controller } from '../fleet/index.js';
import { LibraryService } from '../library/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { KeyRing } from '../platform/keys/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { Board, ClashService, ScheduleService, type TimelineItem } from '../scheduling/index.js';
import { AssetService, refOf } from './asset.service.js';
import { PlannedPlayRow, PublishedHead } from './dispatch.entity.js';
import { audienceKeys } from './engine/audiences.js';
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
  /** Areas in which something changed since the last refresh. */
  readonly #changed = new Set<string>();
  /** Areas whose plans could not be made; the next tick tries them again. */
  readonly #failed = new Set<string>();
  /** The local day on which everybody was looked at last. */
  #wholeOn: string | null = null;
  #started = false;

  constructor(
    private readonly database: Database,
    private readonly schedule: ScheduleService,
    private readonly clashes: ClashService,
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

  /** The timer only ticks: everybody's plan is looked at when a local day has begun, and what failed is tried again. */
  @Cron('5 * * * * *')
  tick(): void {
    if (localDays(this.clock.nowMs(), this.settings.zone, 1)[0]?.day !== this.#wholeOn) this.refreshSoon();
    for (const area of this.#failed) this.refreshSoon(area);
  }

  /**
   * Many changes in a row are one refresh. Returns at once.
   * @param areaPath where something changed: only devices at or below it are looked at
   */
  refreshSoon(areaPath = '/'): void {
    if (!this.#started) return;
    this.#changed.add(areaPath);
    this.#running ??= this.#loop().finally(() => {
      this.#running = null;
      // Asked in the very moment in which the loop ended.
      const [next] = this.#changed;
      if (next !== undefined) this.refreshSoon(next);
    });
  }

  async #loop(): Promise<void> {
    while (this.#changed.size > 0 && this.#started) {
      const areas = withoutNested([...this.#changed]);
      this.#changed.clear();
      for (const area of areas) {
        this.#failed.delete(area);
        try {
          await this.refresh(area);
        } catch (error) {
          // Devices hold the plan they have.
          this.#failed.add(area);
          this.log.error({ err: error, area }, 'plans could not be refreshed');
        }
      }
    }
  }

  /**
   * Publishes what differs from what was told.
   * @param changed path: devices at or below it, and of all the commune around it, whose clashes only show together
   * @returns how many controllers got a new head
   */
  async refresh(changed = '/'): Promise<number> {
    const area = await this.database.read((reader) => this.clashes.wholeCommune(reader, changed));
    const nowMs = this.clock.nowMs();
    const { zone } = this.settings;
    const days = localDays(nowMs, zone, PLAN_DAYS);
    const span = { fromMs: days[0]?.fromMs ?? nowMs, untilMs: days.at(-1)?.untilMs ?? nowMs };
    const known = await this.database.read(async (reader) => {
      const gathered = await this.schedule.gather(reader, area, span, zone);
      const places = new Set(gathered.listeners.map(({ id }) => id));
      const clusters = new Map((await reader.find(Cluster)).map((cluster) => [cluster.id, cluster]));
      const controllers = (await reader.findBy(Controller, { revokedAtMs: IsNull() })).filter(({ clusterId }) =>
        places.has(clusterId),
      );
      const heads = new Map((await reader.find(PublishedHead)).map((head) => [head.controllerId, head]));
      const names = new Map((await this.areas.under(reader, area)).map((each) => [each.id, each.name]));
      return { gathered, controllers, clusters, heads, names };
    });
    const board = new Board({ ...known.gathered, items: await this.#withAssets(known.gathered.items) });
    const keyOf = audienceKeys();
    const built = new Map<string, Promise<BuiltPart[]>>();
    const today = days[0]?.day ?? '';
    let published = 0;
    for (const controller of known.controllers) {
      const cluster = known.clusters.get(controller.clusterId);
      if (!cluster) continue;
      const head = known.heads.get(controller.id) ?? null;
      const target: Target = { controller, cluster, head };
      try {
        const { plays } = board.planOf(cluster.id);
        // Controllers with the same plays and the same past share their parts.
        const key = `${keyOf(plays)} ${head?.parts[today] ?? ''}`;
        const building = built.get(key) ?? this.#build(days, plays, head, nowMs);
        built.set(key, building);
        const parts = await building;
        if (await this.#publish(target, parts, days, known.names.get(cluster.areaId) ?? cluster.name, nowMs))
          published += 1;
      } catch (error) {
        // One commune's plan that cannot be made must not keep the others from theirs.
        this.#failed.add(cluster.areaPath);
        this.log.error({ err: error, controllerId: controller.id }, 'a plan could not be published');
      }
    }
    await this.#noteClashes(area, known.gathered, board);
    if (area === '/') {
      await this.#retire(known.heads, new Set(known.controllers.map(({ id }) => id)), nowMs);
      this.#wholeOn = days[0]?.day ?? null;
    }
    if (published > 0)
      this.log.info(
        { published, controllers: known.controllers.length, ms: this.clock.nowMs() - nowMs },
        'plans published',
      );
    return published;
  }

  /** People must know what waits for them; devices have their plans all the same. */
  async #noteClashes(area: string, gathered: Parameters<ClashService['note']>[1], board: Board): Promise<void> {
    try {
      await this.clashes.note(area, gathered, board);
    } catch (error) {
      this.#failed.add(area);
      this.log.error({ err: error, area }, 'clashes could not be noted');
    }
  }

  /** An item whose file cannot be read is left out, as if it were not approved: it must not keep all others from the air. */
  async #withAssets(items: ReadonlyMap<string, TimelineItem>): Promise<ReadonlyMap<string, TimelineItem>> {
    const ready = new Map<string, TimelineItem>();
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
    plays: readonly PlannedPlay[],
    head: PublishedHead | null,
    nowMs: number,
  ): Promise<BuiltPart[]> {
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

/** Areas that lie in no other of them. */
function withoutNested(areas: readonly string[]): string[] {
  return areas.filter((area) => !areas.some((other) => other !== area && area.startsWith(other)));
}
