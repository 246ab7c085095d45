import { Brackets, type EntityManager } from 'typeorm';
import type { Actor } from '../../platform/http/index.js';
import { requestsProblem } from '../problems.js';
import type { RequestQuery, RequestView } from './request.api.js';
import { SentRequest } from './request.entity.js';

/** The request if the actor may see it; else `requests.unknown`, so that nobody learns of what is not theirs. */
export async function seenRequest(reader: EntityManager, actor: Actor, id: string): Promise<SentRequest> {
  const request = await reader.findOneBy(SentRequest, { id });
  if (!request || !actor.may('request.read', request.areaPath)) throw requestsProblem('requests.unknown');
  return request;
}

/** Newest first, one more than the limit. @param scopes paths under which the actor may read; at least one */
export async function requestsUnder(
  reader: EntityManager,
  scopes: readonly string[],
  { status, limit, cursor }: RequestQuery,
): Promise<SentRequest[]> {
  const select = reader.createQueryBuilder(SentRequest, 'request').where(
    new Brackets((any) => {
      for (const [i, scope] of scopes.entries())
        any.orWhere(`request.areaPath LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` });
    }),
  );
  if (status) select.andWhere('request.status = :status', { status });
  if (cursor !== undefined) {
    const { atMs, id } = placeOf(cursor);
    select.andWhere('(request.receivedAtMs < :atMs OR (request.receivedAtMs = :atMs AND request.id < :id))', {
      atMs,
      id,
    });
  }
  return select
    .orderBy('request.receivedAtMs', 'DESC')
    .addOrderBy('request.id', 'DESC')
    .limit(limit + 1)
    .getMany();
}

export const cursorOf = ({ receivedAtMs, id }: SentRequest): string => `${receivedAtMs}-${id}`;

function placeOf(cursor: string): { readonly atMs: number; readonly id: string } {
  const [, ms = '', id = ''] = /^(\d{1,15})-([0-9a-z]{26})$/.exec(cursor) ?? [];
  if (id === '') throw requestsProblem('requests.cursorUnknown');
  return { atMs: Number(ms), id };
}

export function viewOf(request: SentRequest): RequestView {
  const { areaPath: _path, clientKey: _key, decidedBy: _by, files, notes, ...shown } = request;
  return {
    ...shown,
    files: files.map(({ fileName, type, family, bytes }) => ({ fileName, type, family, bytes })),
    notes: [...notes],
  };
}
