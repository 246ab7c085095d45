import { type DayRules, rulesOfDay } from './day-rules.js';
import { type EffectiveRules, laterFirst, overruled, unruled } from './effective.js';
import { grouped } from './grouped.js';
import type { RuleSet } from './rule-set.js';
import { DayTable, type YearDays } from './year-days.js';
import { dayNumberOf, dayOfNumber, ZoneDays } from './zone-days.js';

/** An area that has rule sets of its own. All areas below without any share its days. */
interface RuledArea {
  readonly path: string;
  readonly own: readonly RuleSet[];
  readonly above: RuledArea | null;
  readonly days: Map<number, EffectiveRules>;
}

/** Of one area: ten years and more. Forgotten all at once beyond, so that no question can fill the memory. */
const MOST_DAYS = 4_000;

/**
 * All rule sets and special days, indexed once; answers are remembered, so a book is for many questions and a change of
 * any rule makes a new one. The order of the rule sets and years does not matter.
 */
export class RuleBook {
  readonly #ruled = new Map<string, RuledArea>();
  readonly #country: RuledArea = { path: '/', own: [], above: null, days: new Map() };
  readonly #nearest = new Map<string, RuledArea>();
  readonly #days: DayTable;
  readonly #zones = new Map<string, ZonedBook>();

  constructor(sets: readonly RuleSet[], years: readonly YearDays[]) {
    this.#days = new DayTable(years);
    const byPath = grouped(sets, ({ areaPath }) => areaPath);
    // From above downwards, so that each finds the one it inherits from.
    for (const path of [...byPath.keys()].sort((a, b) => a.length - b.length)) {
      const own = [...(byPath.get(path) ?? [])].sort(laterFirst);
      this.#ruled.set(path, { path, own, above: this.#nearestTo(parentOf(path)), days: new Map() });
    }
  }

  /** @param areaPath `/…/parent/own/` @param day local day, YYYY-MM-DD */
  at(areaPath: string, day: string): EffectiveRules {
    return this.#onDay(this.#ruledAreaOf(areaPath), dayNumberOf(day));
  }

  /** The nearest area, from here to the top, that has rules of its own: what holds there holds here. */
  ruledAreaOf(areaPath: string): string {
    return this.#ruledAreaOf(areaPath).path;
  }

  /** The same rules as instants of a zone (IANA). */
  inZone(zone: string): ZonedBook {
    let zoned = this.#zones.get(zone);
    if (!zoned) {
      const remembered = new Map<RuledArea, Map<number, DayRules>>();
      const days = new ZoneDays(zone);
      zoned = { days, onDay: (path, number) => this.#inZone(days, remembered, this.#ruledAreaOf(path), number) };
      this.#zones.set(zone, zoned);
    }
    return zoned;
  }

  #inZone(
    days: ZoneDays,
    remembered: Map<RuledArea, Map<number, DayRules>>,
    area: RuledArea,
    number: number,
  ): DayRules {
    const ofArea = remembered.get(area) ?? new Map<number, DayRules>();
    const known = ofArea.get(number);
    if (known) return known;
    const made = rulesOfDay(days, number, this.#onDay(area, number), this.#onDay(area, number - 1));
    if (ofArea.size >= MOST_DAYS) ofArea.clear();
    ofArea.set(number, made);
    remembered.set(area, ofArea);
    return made;
  }

  #onDay(area: RuledArea, number: number): EffectiveRules {
    const known = area.days.get(number);
    if (known) return known;
    const made =
      area.above === null
        ? unruled(this.#days.natureOf(dayOfNumber(number)))
        : overruled(this.#onDay(area.above, number), area.own);
    if (area.days.size >= MOST_DAYS) area.days.clear();
    area.days.set(number, made);
    return made;
  }

  #ruledAreaOf(areaPath: string): RuledArea {
    const known = this.#nearest.get(areaPath);
    if (known) return known;
    const found = this.#nearestTo(areaPath);
    this.#nearest.set(areaPath, found);
    return found;
  }

  #nearestTo(areaPath: string): RuledArea {
    for (let path = areaPath; path !== ''; path = parentOf(path)) {
      const found = this.#ruled.get(path);
      if (found) return found;
    }
    return this.#country;
  }
}

/** A book read in one zone. */
export interface ZonedBook {
  readonly days: ZoneDays;
  /** @param number of the local day (`days.numberAt`) */
  onDay(areaPath: string, number: number): DayRules;
}

/** Empty above the topmost. */
const parentOf = (path: string): string =>
  path.length < 2 ? '' : path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
