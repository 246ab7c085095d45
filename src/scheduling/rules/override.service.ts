import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { DEFAULT_ZONE, entryIdOf, LONGEST_YEARS, localDayOf, occurrencesOf, spanOfDays } from '../engine/index.js';
import type { BreachCode, RuleSet, YearDays } from '../engine/rules/index.js';
import { addDays } from '../engine/time/index.js';
import { Entry } from '../entries/entry.entity.js';
import { scheduleProblem } from '../problems.js';
import { Announcement } from './announcement.js';
import type { NewOverride, OverrideView } from './override.api.js';
import { ruleProblem } from './problems.js';
import { RuleOverride } from './rule.entity.js';
import { ruleSetOf, ruleSetsAround } from './rule.queries.js';
import { RuleService } from './rule.service.js';
import { type BrokenRules, brokenFrom, brokenOn } from './rule-givers.js';

/** Longer than any chain that entries are let into. */
const LONGEST_CHAIN = 101;
/** No entry occurs farther ahead. */
const YEARS_AHEAD = LONGEST_YEARS + 1;

/** A person who may make the rules lets an entry break them, with a reason. */
@Injectable()
export class OverrideService {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleService,
    private readonly announcement: Announcement,
    private readonly clock: Clock,
  ) {}

  /**
   * For whoever may make the rules at the entry's area, and at each area above whose rules would be broken. Passed are the rules that
   * stand now, by their revisions: a rule of anybody that is made or changed later blocks until a person overrides it anew.
   */
  async give(actor: Actor, entryId: string, request: NewOverride): Promise<OverrideView> {
    const { occurrence, reason } = request;
    const codes = [...new Set(request.codes)].sort();
    // What it would break is worked out before the write, which then only makes sure that it is still so.
    const [seen, broken] = await this.database.read(async (reader) => {
      const scene = await this.#scene(reader, actor, entryId);
      return [scene, brokenBy(scene, occurrence, codes)] as const;
    });
    for (const giver of [seen.entry.areaPath, ...broken.givers]) actor.demand('schedule.rules', giver);
    if (broken.keys.length === 0) throw ruleProblem('override.noRule');
    return this.database.write(async (tx) => {
      const { entry, ...scene } = await this.#scene(tx.manager, actor, entryId);
      if (!isDeepStrictEqual({ entry, ...scene }, seen)) throw ruleProblem('override.changedSince');
      const { areaId, areaPath } = entry;
      const override: RuleOverride = {
        ...{ id: newId(), entryId, occurrence, codes, passes: broken.keys, reason, areaPath },
        ...{ byId: actor.accountId, byName: actor.name, atMs: this.clock.nowMs(), revokedAtMs: null },
      };
      await tx.manager.save(RuleOverride, override);
      const detail = { overrideId: override.id, title: entry.title, occurrence, codes, reason };
      const deed = { action: 'override.given', subject: entryId, detail };
      await this.announcement.make(tx, actor, { areaId, areaPath }, deed);
      return viewOf(override);
    });
  }

  /** Those of an entry, revoked ones with them, the earliest first. */
  async list(actor: Actor, entryId: string): Promise<OverrideView[]> {
    return this.database.read(async (reader) => {
      await seenEntry(reader, actor, entryId);
      const found = await reader.find(RuleOverride, { where: { entryId }, order: { atMs: 'ASC', id: 'ASC' } });
      return found.map(viewOf);
    });
  }

  /** From now on the rules hold again; for whoever may make them at the entry's area. Revoked twice is revoked once. */
  async revoke(actor: Actor, id: string): Promise<OverrideView> {
    return this.database.write(async (tx) => {
      const override = await tx.manager.findOneBy(RuleOverride, { id });
      if (!override || !actor.may('schedule.read', override.areaPath)) throw ruleProblem('override.unknown');
      actor.demand('schedule.rules', override.areaPath);
      if (override.revokedAtMs !== null) return viewOf(override);
      const revoked = { ...override, revokedAtMs: this.clock.nowMs() };
      await tx.manager.update(RuleOverride, { id }, { revokedAtMs: revoked.revokedAtMs });
      const { areaId, areaPath } = await tx.manager.findOneByOrFail(Entry, { id: override.entryId });
      const deed = { action: 'override.revoked', subject: override.entryId, detail: { overrideId: id } };
      await this.announcement.make(tx, actor, { areaId, areaPath }, deed);
      return viewOf(revoked);
    });
  }

  async #scene(reader: EntityManager, actor: Actor, entryId: string): Promise<Scene> {
    const entry = await seenEntry(reader, actor, entryId);
    if (entry.cancelledAtMs !== null) throw scheduleProblem('schedule.over');
    const today = localDayOf(this.clock.nowMs(), DEFAULT_ZONE);
    const sets = (await ruleSetsAround(reader, entry.areaPath)).map(ruleSetOf);
    const year = Number(today.slice(0, 4));
    const years = await this.rules.yearsOf(reader, year - 1, year + YEARS_AHEAD);
    return { entry, root: await rootOf(reader, entry), sets, years, today };
  }
}

/** What an override is judged by. */
interface Scene {
  readonly entry: Entry;
  readonly root: Entry | null;
  readonly sets: readonly RuleSet[];
  readonly years: readonly YearDays[];
  readonly today: string;
}

function brokenBy(
  { entry, root, today, ...around }: Scene,
  occurrence: string | null,
  codes: readonly BreachCode[],
): BrokenRules {
  if (occurrence === null) return brokenFrom(around, entry.areaPath, codes, today);
  const day = entryIdOf(occurrence) === entry.id && root ? dayOfOccurrence(root, occurrence) : null;
  if (day === null) throw scheduleProblem('schedule.noOccurrence');
  // It may run over midnight.
  return brokenOn(around, entry.areaPath, codes, [day, addDays(day, 1)]);
}

async function seenEntry(reader: EntityManager, actor: Actor, id: string): Promise<Entry> {
  const entry = await reader.findOneBy(Entry, { id });
  if (!entry || !actor.may('schedule.read', entry.areaPath)) throw scheduleProblem('schedule.unknown');
  return entry;
}

/** What stands in or behind others occurs when the first of them does, and has its occurrences named after it. Null: it is gone. */
async function rootOf(reader: EntityManager, entry: Entry): Promise<Entry | null> {
  let root: Entry | null = entry;
  for (let steps = 0; root?.place && steps < LONGEST_CHAIN; steps++)
    root = await reader.findOneBy(Entry, { id: root.place.entryId });
  return root;
}

/** The local day on which an occurrence starts; null: there is none of that identity. */
function dayOfOccurrence(root: Entry, occurrence: string): string | null {
  const said = /-(\d{4})(\d\d)(\d\d)T\d{4}(?:\d\d)?$/.exec(occurrence);
  if (!said) return null;
  const day = said.slice(1, 4).join('-');
  const rootsOwn = root.id + said[0];
  if (Number.isNaN(Date.parse(day))) return null;
  // One that was moved keeps the identity of its old place: those of its day are looked for where they went.
  const places = root.changes.flatMap(({ original, to }) => (original.startsWith(day) && to ? [to.slice(0, 10)] : []));
  for (const place of [day, ...places]) {
    // A day either side: the zone of the entry may be another than the one in which rules are judged.
    const span = spanOfDays(addDays(place, -1), 3, DEFAULT_ZONE);
    const found = occurrencesOf(root, span).find(({ id }) => id === rootsOwn);
    if (found) return localDayOf(found.startMs, DEFAULT_ZONE);
  }
  return null;
}

function viewOf({ id, entryId, occurrence, codes, reason, byName, atMs, revokedAtMs }: RuleOverride): OverrideView {
  return { id, entryId, occurrence, codes: [...codes], reason, byName, atMs, revokedAtMs };
}
