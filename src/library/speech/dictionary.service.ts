import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { AreaService, idsUpwards } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { cleanLine } from '../engine/script-text.js';
import { libraryProblem } from '../problems.js';
import { DictionaryWord } from './dictionary.entity.js';
import type { DictionaryView, DictionaryWordRequest } from './speech.api.js';

/** More than any office knows by heart; each text is read with all of them. */
const MOST_WORDS = 2_000;

/** The words that areas want read their own way. The nearest area's entry counts. */
@Injectable()
export class DictionaryService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** What holds in an area: its own words and those of the areas above, by word. */
  async list(actor: Actor, areaId: string): Promise<DictionaryView> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.read', area.path);
    const words = await this.database.read((reader) => this.holding(reader, area.path));
    return words.map(({ id, written, said, areaId: at, changedByName, changedAtMs }) => ({
      id,
      written,
      said,
      areaId: at,
      changedByName,
      changedAtMs,
    }));
  }

  /** Enters a word, or changes how it is read. Audio that was made before stays as it was approved. */
  async put(actor: Actor, areaId: string, request: DictionaryWordRequest): Promise<DictionaryView> {
    const written = cleanLine(request.written);
    const said = cleanLine(request.said);
    if (written === '' || !/[\p{L}\p{N}]/u.test(written)) throw libraryProblem('library.wordEmpty');
    // What is said is not read again: figures and signs in it would reach the voice as they are.
    if (!/^[\p{L}\p{M}][\p{L}\p{M} ,.-]*$/u.test(said)) throw libraryProblem('library.wordUnspeakable');
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.write', area.path);
    await this.database.write(async (tx) => {
      const known = await tx.manager.findOneBy(DictionaryWord, { areaId, written });
      if (known?.said === said) return;
      if (!known && (await tx.manager.countBy(DictionaryWord, { areaId })) >= MOST_WORDS)
        throw libraryProblem('library.dictionaryFull', { most: MOST_WORDS });
      await tx.manager.save(DictionaryWord, {
        id: known?.id ?? newId(),
        areaId,
        areaPath: area.path,
        written,
        said,
        changedBy: actor.accountId,
        changedByName: actor.name,
        changedAtMs: this.clock.nowMs(),
      });
      const detail = { written, said, before: known?.said ?? null };
      await this.audit.add(tx, actor, {
        action: 'library.wordChanged',
        subject: areaId,
        areaPath: area.path,
        detail,
      });
    });
    return this.list(actor, areaId);
  }

  async remove(actor: Actor, areaId: string, id: string): Promise<DictionaryView> {
    const area = await this.areas.get(actor, areaId);
    actor.demand('library.write', area.path);
    await this.database.write(async (tx) => {
      const word = await tx.manager.findOneBy(DictionaryWord, { id, areaId });
      if (!word) throw libraryProblem('library.wordUnknown');
      await tx.manager.delete(DictionaryWord, { id });
      const detail = { written: word.written, before: word.said };
      await this.audit.add(tx, actor, {
        action: 'library.wordRemoved',
        subject: areaId,
        areaPath: area.path,
        detail,
      });
    });
    return this.list(actor, areaId);
  }

  /** The words that hold at this path, the nearest area's first where several enter the same one; by word. */
  async holding(reader: EntityManager, areaPath: string): Promise<readonly DictionaryWord[]> {
    const found = await reader.findBy(DictionaryWord, { areaId: In(idsUpwards(areaPath)) });
    const nearest = new Map<string, DictionaryWord>();
    for (const word of found) {
      const other = nearest.get(word.written);
      if (!other || word.areaPath.length > other.areaPath.length) nearest.set(word.written, word);
    }
    return [...nearest.values()].sort((a, b) => (a.written < b.written ? -1 : 1));
  }
}
