import { type EntityManager, In } from 'typeorm';
import { idsUpwards } from '../../areas/index.js';
import { languageOf } from '../engine/approval-needs.js';
import { LanguageReviewer } from './approval.entity.js';

/** The reviewers of a language whose word counts at the area: the list of the nearest area that has one. */
export async function reviewersAt(reader: EntityManager, areaPath: string, language: string): Promise<string[]> {
  const upwards = idsUpwards(areaPath);
  const all = await reader.findBy(LanguageReviewer, { areaId: In(upwards), language: languageOf(language) });
  const nearest = upwards.find((areaId) => all.some((reviewer) => reviewer.areaId === areaId));
  return all.filter(({ areaId }) => areaId === nearest).map(({ accountId }) => accountId);
}
