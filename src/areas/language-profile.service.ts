import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { Outbox } from '../platform/outbox/index.js';
import type { Area } from './area.entity.js';
import { AreaService } from './area.service.js';
import type { AreaKind } from './engine/tree.js';
import type { LanguageProfileView } from './language-profile.api.js';
import { LanguageProfile } from './language-profile.entity.js';
import { areaProblem } from './problems.js';

/** Who speaks what differs between hamlets; one list for a whole province would be right nowhere. */
const PROFILED: readonly AreaKind[] = ['commune', 'hamlet'];

@Injectable()
export class LanguageProfileService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly outbox: Outbox,
  ) {}

  /** @throws area.unknown */
  async get(actor: Actor, areaId: string): Promise<LanguageProfileView> {
    return this.database.read(async (reader) => inForce(reader, await this.areas.seen(reader, actor, areaId)));
  }

  /**
   * @param languages in the order in which they are to be spoken; none takes the area's own profile away
   * @throws area.unknown, right.missing, area.languagesMisplaced, area.languageTwice with each repetition
   */
  async set(actor: Actor, areaId: string, languages: readonly string[]): Promise<LanguageProfileView> {
    return this.database.write(async (tx) => {
      const area = await this.areas.seen(tx.manager, actor, areaId);
      actor.demand('area.manage', area.path);
      if (!PROFILED.includes(area.kind)) throw areaProblem('area.languagesMisplaced');
      refuseTwice(languages);
      const own = await tx.manager.findOneBy(LanguageProfile, { areaId });
      if (JSON.stringify(own?.languages ?? []) !== JSON.stringify(languages)) {
        if (languages.length === 0) await tx.manager.delete(LanguageProfile, { areaId });
        else await tx.manager.upsert(LanguageProfile, { areaId, areaPath: area.path, languages }, ['areaId']);
        await this.outbox.add(tx, { topic: 'areas.languages', payload: { areaId, areaPath: area.path } });
      }
      return inForce(tx.manager, area);
    });
  }
}

async function inForce(reader: EntityManager, { id, parentId }: Area): Promise<LanguageProfileView> {
  for (const areaId of [id, parentId]) {
    const profile = areaId === null ? null : await reader.findOneBy(LanguageProfile, { areaId });
    if (profile) return { languages: [...profile.languages], areaId };
  }
  return { languages: [], areaId: null };
}

/** RFC 5646, 2.1.1: upper and lower case are the same in a language tag. */
function refuseTwice(languages: readonly string[]): void {
  const folded = languages.map((language) => language.toLowerCase());
  const repeated = [...folded.keys()].filter((index) => folded.indexOf(folded[index] ?? '') !== index);
  if (repeated.length > 0)
    throw areaProblem('area.languageTwice').withErrors(
      repeated.map((index) => ({ at: `languages.${index}`, code: 'area.languageTwice' })),
    );
}
