import { Injectable } from '@nestjs/common';
import { Between, type EntityManager } from 'typeorm';
import { DEFAULT_ZONE, localDayOf, type Span, solarOf } from '../engine/index.js';
import {
  NO_OVERRIDES,
  Overrides,
  RuleBook,
  type RuleSet,
  type SolarOf,
  vietnamYearDays,
  type YearDays,
} from '../engine/rules/index.js';
import { YearDaysRow } from './rule.entity.js';
import { overridesAround, ruleSetOf, ruleSetsAround } from './rule.queries.js';

/** What a board needs to know of rules. */
export interface RulesAtHand {
  /** Null: nobody made any, so there is nothing to look up for each play. */
  readonly rules: RuleBook | null;
  readonly overrides: Overrides;
}

/** Hands the rules of the tables to the engine. Who may change them is for others. */
@Injectable()
export class RuleService {
  /**
   * For everybody at or below an area: rules of the area, of those above and of those below, the special days of the years of the
   * span and of their neighbours, and the overrides in force.
   */
  async bookFor(reader: EntityManager, areaPath: string, span: Span): Promise<RulesAtHand> {
    const sets = (await ruleSetsAround(reader, areaPath)).map(ruleSetOf);
    const years = await this.yearsOf(reader, yearOf(span.fromMs) - 1, yearOf(span.untilMs) + 1);
    // Holidays alone forbid nothing; only windows and ceilings ask for them.
    if (sets.length === 0 && years.every(({ mourning }) => mourning.length === 0))
      return { rules: null, overrides: NO_OVERRIDES };
    return { rules: new RuleBook(sets, years), overrides: new Overrides(await overridesAround(reader, areaPath)) };
  }

  /** The rules on a day, of these sets alone. */
  async bookOf(reader: EntityManager, sets: readonly RuleSet[], day: string): Promise<RuleBook> {
    const year = Number(day.slice(0, 4));
    return new RuleBook(sets, await this.yearsOf(reader, year - 1, year + 1));
  }

  /** The list of each year, both ends included: what people entered, else the ready-made one. */
  async yearsOf(reader: EntityManager, first: number, last: number): Promise<YearDays[]> {
    const rows = await reader.findBy(YearDaysRow, { year: Between(first, last) });
    const entered = new Map(rows.map(({ year, content }) => [year, { year, origin: 'entered' as const, ...content }]));
    return Array.from(
      { length: last - first + 1 },
      (_, index) => entered.get(first + index) ?? readyMade(first + index),
    );
  }
}

/** The ready-made list of Viet Nam. @param year of the Gregorian calendar */
export const readyMade = (year: number): YearDays => vietnamYearDays(year, regularDay);

const regularDay: SolarOf = (lunar) => solarOf({ ...lunar, leap: false });

const yearOf = (ms: number): number => Number(localDayOf(ms, DEFAULT_ZONE).slice(0, 4));
