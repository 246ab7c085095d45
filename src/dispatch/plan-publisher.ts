import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { IsNull } from 'typeorm';
import { PLAN_DAYS, type PlanHead, type PlannedPlay } from '../../devices/protocol/index.js';
import { AreaService } from '../areas/index.js';
import { Controller } from '../fleet/index.js';
import { LibraryService, StandbySound } from '../library/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { KeyRing } from '../platform/keys/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { Board, ClashService, type RelayItem, ScheduleService, type TimelineItem } from '../scheduling/index.js';
import { AssetService, refOf } from './asset.service.js';
import { PublishedHead } from './dispatch.entity.js';
import { audienceKeys } from './engine/audiences.js';
import { begunOccurrences, dayParts, type TakenBack } from './engine/day-parts.js';
import { daysAround, type LocalDay, localDays } from './engine/days.js';
import { headName } from './engine/head-names.js';
import { entryOf } from './engine/identity.js';
import { type BuiltPart, PartService } from './part.service.js';
import { PlannedPlays } from './planned-plays.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';
import { retiredAt, type Target, targetsAt } from './targets.queries.js';

const DAY_MS = 86_400_000;
/** The contract's most in a head; no play is spoken in more. */
const MOST_LANGUAGES = 16;

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
    private readonly standby: StandbySound,
    private readonly areas: AreaService,
    private readonly assets: AssetService,
    private readonly parts: PartService,
    private readonly planned: PlannedPlays,
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
      const places = gathered.listeners.map(({ id }) => id);
      const targets = await targetsAt(reader, places);
      const retired = await retiredAt(reader, places);
      const names = new Map((await this.areas.under(reader, area)).map((each) => [each.id, each.name]));
      return { gathered, targets, retired, names };
    });
    const spoken = new Map(
      known.gathered.listeners.map(({ id, languages }) => [id, languages.slice(0, MOST_LANGUAGES)]),
    );
    const board = new Board({ ...known.gathered, items: await this.#withAssets(known.gathered.items) });
    const keyOf = audienceKeys();
    const built = new Map<string, Promise<BuiltPart[]>>();
    const lately = daysAround(days[0]?.day ?? '');
    let published = 0;
    for (const target of known.targets) {
      const { controller, cluster, head } = target;
      try {
        const { plays } = board.planOf(cluster.id);
        const heard = {
          areaName: known.names.get(cluster.areaId) ?? cluster.name,
          languages: spoken.get(cluster.id) ?? [],
        };
        // Controllers with the same plays and the same past share their parts.
        const key = `${keyOf(plays)} ${lately.map((day) => head?.parts[day] ?? '').join(' ')}`;
        const building = built.get(key) ?? this.#build(days, plays, lately, head, nowMs);
        built.set(key, building);
        const parts = await building;
        if (await this.#publish(target, parts, days, heard, nowMs)) published += 1;
      } catch (error) {
        // One commune's plan that cannot be made must not keep the others from theirs.
        this.#failed.add(cluster.areaPath);
        this.log.error({ err: error, controllerId: controller.id }, 'a plan could not be published');
      }
    }
    await this.#noteClashes(area, known.gathered, board);
    for (const controllerId of known.retired) await this.#retire(controllerId, nowMs);
    if (area === '/') this.#wholeOn = days[0]?.day ?? null;
    if (published > 0)
      this.log.info(
        { published, controllers: known.targets.length, ms: this.clock.nowMs() - nowMs },
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
    const standby = await this.#standby(items);
    for (const item of items.values()) {
      const sounding = item.relay ? { ...item, relay: { ...item.relay, fallback: standby } } : item;
      const stored = sounding.audio ?? sounding.relay?.fallback;
      try {
        // What boards show is not told to anybody yet; plans, conflicts and people know of it.
        if (stored) await this.assets.register(stored.sha256, 'audio', stored.type);
        ready.set(item.id, sounding);
      } catch (error) {
        this.log.error({ err: error, itemId: item.id, sha256: stored?.sha256 }, 'audio of an item cannot be read');
      }
    }
    return ready;
  }

  /** What takes the place of relays that give nothing; without it no device is told of any, and the next refresh tries again. */
  async #standby(items: ReadonlyMap<string, TimelineItem>): Promise<RelayItem['relay']['fallback']> {
    if (![...items.values()].some(({ relay }) => relay)) return null;
    return this.standby.keep().catch((error: unknown) => {
      this.log.error({ err: error }, 'no relay can be told: what takes its place could not be made');
      return null;
    });
  }

  async #build(
    days: readonly LocalDay[],
    plays: readonly PlannedPlay[],
    lately: readonly string[],
    head: PublishedHead | null,
    nowMs: number,
  ): Promise<BuiltPart[]> {
    const described = await Promise.all(plays.map((play) => this.#withDescriptor(play)));
    const told = new Map<string, readonly PlannedPlay[]>();
    for (const day of lately) if (head?.parts[day]) told.set(day, await this.parts.playsOf(head.parts[day]));
    const takenBack = await this.#takenBack(described, [...told.values()].flat(), nowMs);
    const parts: BuiltPart[] = [];
    for (const part of dayParts(days, described, told, nowMs, takenBack)) parts.push(await this.parts.keep(part));
    return parts;
  }

  /** Asked apart, because the timeline does not tell what was taken back in mid-session from what an edit left out. */
  async #takenBack(timeline: readonly PlannedPlay[], told: readonly PlannedPlay[], nowMs: number): Promise<TakenBack> {
    const ids = [...new Set(told.map((play) => play.item.id))];
    const begun = [...begunOccurrences(timeline, told, nowMs)];
    return this.database.read(async (reader) => {
      const airable = await this.library.schedulable(reader, ids);
      const cancelled = await this.schedule.cancelledAmong(reader, [...new Set(begun.map(entryOf))]);
      return {
        items: new Set(ids.filter((id) => !airable.has(id))),
        occurrences: new Set(begun.filter((occurrence) => cancelled.has(entryOf(occurrence)))),
      };
    });
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
    { areaName, languages }: { readonly areaName: string; readonly languages: readonly string[] },
    nowMs: number,
  ): Promise<boolean> {
    const said = {
      area: { id: cluster.areaId, name: headName(areaName) },
      cluster: { id: cluster.id, name: headName(cluster.name) },
      // By this it chooses among the plays of a command to its area.
      ...(languages.length === 0 ? {} : { languages: [...languages] }),
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
      // The head speaks no more of yesterday; what began then may go on today.
      const [yesterday = ''] = daysAround(said.from);
      const before = head?.parts[yesterday];
      if (before) parts[yesterday] = before;
      await tx.manager.save(PublishedHead, {
        controllerId: controller.id,
        version,
        sinceMs,
        publishedAtMs: nowMs,
        contentSha256,
        signed,
        parts,
        languages: said.languages ?? null,
      });
      const plays = built.flatMap(({ part }) => part.plays.map((play) => ({ play, day: part.day })));
      await this.planned.write(
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
  async #retire(controllerId: string, nowMs: number): Promise<void> {
    await this.database.write(async (tx) => {
      // It may have been enrolled since the list was read.
      if (await tx.manager.existsBy(Controller, { id: controllerId, revokedAtMs: IsNull() })) return;
      await tx.manager.delete(PublishedHead, { controllerId });
      await this.planned.retire(tx, controllerId, nowMs);
      await this.outbox.add(tx, { topic: 'dispatch.head', payload: { controllerId, version: 0 } });
    });
  }
}

/** Areas that lie in no other of them. */
function withoutNested(areas: readonly string[]): string[] {
  return areas.filter((area) => !areas.some((other) => other !== area && area.startsWith(other)));
}
