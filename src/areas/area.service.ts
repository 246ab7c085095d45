import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import { Brackets, type EntityManager } from 'typeorm';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { fold } from '../platform/i18n/index.js';
import type { AreaQuery, AreaView } from './area.api.js';
import { Area } from './area.entity.js';
import { type ImportLine, planImport } from './engine/area-import.js';
import { childPath } from './engine/tree.js';
import { profilesInForce } from './language-profile.queries.js';
import { areaProblem } from './problems.js';

/** More than the communes and wards of the country; a province with all its hamlets is far below. */
const MOST_LISTED = 20_000;

@Injectable()
export class AreaService {
  constructor(private readonly database: Database) {}

  /** Areas that the actor may see, by name without diacritics (case 20), then code; the first 20,000. */
  async list(actor: Actor, query: AreaQuery): Promise<AreaView[]> {
    const scopes = actor.scopes('area.read');
    if (scopes.length === 0) return [];
    return this.database.read(async (reader) => {
      const under = query.under ? await this.seen(reader, actor, query.under) : null;
      const select = reader.createQueryBuilder(Area, 'area').where(
        new Brackets((any) => {
          for (const [i, scope] of scopes.entries())
            any.orWhere(`area.path LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` });
        }),
      );
      if (under) select.andWhere('area.path LIKE :under', { under: `${under.path}%` });
      if (query.kind) select.andWhere('area.kind = :kind', { kind: query.kind });
      if (query.search)
        select.andWhere("area.nameFolded LIKE :search ESCAPE '!'", { search: `%${literal(fold(query.search))}%` });
      const areas = await select.orderBy('area.nameFolded').addOrderBy('area.code').limit(MOST_LISTED).getMany();
      return areas.map(viewOf);
    });
  }

  /** Imports all lines or none. Lines that say what is already there change nothing. */
  async importCsv(actor: Actor, csv: string): Promise<{ imported: number; unchanged: number }> {
    actor.demand('area.manage', '/');
    const lines = readCsv(csv);
    return this.database.write(async (tx) => {
      const existing = new Map((await tx.manager.find(Area)).map((area) => [area.code, area]));
      const { areas, errors } = planImport(lines, new Map([...existing].map(([code, area]) => [code, area.kind])));
      if (errors.length > 0)
        throw areaProblem('area.importInvalid').withErrors(
          errors.slice(0, 200).map(({ line, code }) => ({ at: `line ${line}`, code })),
        );
      let imported = 0;
      for (const { parentCode, ...fields } of areas) {
        const known = existing.get(fields.code);
        const parent = parentCode === null ? null : (existing.get(parentCode) ?? null);
        const id = known?.id ?? newId();
        const area: Area = {
          ...fields,
          id,
          parentId: parent?.id ?? null,
          nameFolded: fold(fields.name),
          path: childPath(parent?.path ?? null, id),
          successorId: known?.successorId ?? null,
        };
        existing.set(fields.code, area);
        if (known && sameArea(known, area)) continue;
        // Moving a unit in the tree is a merger with a successor, not an edit: receipts name the old path.
        if (known && known.parentId !== area.parentId)
          throw areaProblem('area.importInvalid').withErrors([{ at: fields.code, code: 'area.moved' }]);
        await tx.manager.save(Area, area);
        imported += 1;
      }
      return { imported, unchanged: areas.length - imported };
    });
  }

  /** The area if the actor may see it; else `area.unknown`, so that nobody learns of what is not theirs. */
  async get(actor: Actor, id: string): Promise<Area> {
    return this.database.read((reader) => this.seen(reader, actor, id));
  }

  /** As `get`, inside a transaction or reading. */
  async seen(reader: EntityManager, actor: Actor, id: string): Promise<Area> {
    const area = await reader.findOneBy(Area, { id });
    if (!area || !actor.may('area.read', area.path)) throw areaProblem('area.unknown');
    return area;
  }

  /** For other rooms, inside their transaction or reading. */
  async byId(manager: EntityManager | WriteTransaction, id: string): Promise<Area | null> {
    return ('manager' in manager ? manager.manager : manager).findOneBy(Area, { id });
  }

  async byCode(reader: EntityManager, code: string): Promise<Area | null> {
    return reader.findOneBy(Area, { code });
  }

  async under(reader: EntityManager, path: string): Promise<Area[]> {
    return reader
      .createQueryBuilder(Area, 'area')
      .where('area.path LIKE :path', { path: `${path}%` })
      .orderBy('area.path')
      .getMany();
  }

  /**
   * Languages (BCP 47, the first is spoken first) by the id of each area that has some: its own, or for a hamlet without
   * any those of its commune.
   * @param areaIds only these; default: every area
   */
  async languagesOf(reader: EntityManager, areaIds?: readonly string[]): Promise<Map<string, readonly string[]>> {
    const languages = new Map<string, readonly string[]>();
    for (const { areaId, text } of await profilesInForce(reader, areaIds)) languages.set(areaId, JSON.parse(text));
    return languages;
  }
}

/** LIKE's own signs as themselves. Not with a backslash: it escapes unasked on PostgreSQL, and never on SQLite. */
const literal = (text: string): string => text.replace(/[!%_]/g, '!$&');

function readCsv(csv: string): ImportLine[] {
  try {
    const lines: ImportLine[] = parse(csv, {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
    });
    if (lines.length > 0) return lines;
  } catch {
    // The parser's message speaks of its options, not to the person.
  }
  throw areaProblem('area.csvUnreadable');
}

function sameArea(a: Area, b: Area): boolean {
  const keys = Object.keys(b) as (keyof Area)[];
  return keys.every((key) => a[key] === b[key]);
}

export function viewOf(area: Area): AreaView {
  const { id, parentId, kind, code, name, validFrom, validTo, speciallyDisadvantaged, border, ethnicMinority } = area;
  return { id, parentId, kind, code, name, validFrom, validTo, speciallyDisadvantaged, border, ethnicMinority };
}
