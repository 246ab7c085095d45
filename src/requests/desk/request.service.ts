import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { AreaService, covers } from '../../areas/index.js';
import { cleanText } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { requestsProblem } from '../problems.js';
import type { RequestQuery, RequestView } from './request.api.js';
import { type SentFile, SentRequest } from './request.entity.js';
import { RequestNotices } from './request.notices.js';
import { cursorOf, requestsUnder, seenRequest, viewOf } from './request.queries.js';

/** The operators' side: what was asked, and the answer no. The answer yes is a draft (`DraftService`). */
@Injectable()
export class RequestService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly notices: RequestNotices,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async page(
    actor: Actor,
    query: RequestQuery,
  ): Promise<{ readonly requests: readonly RequestView[]; readonly next: string | null }> {
    const scopes = await this.#scopes(actor, query.areaId);
    if (scopes.length === 0) return { requests: [], next: null };
    const found = await this.database.read((reader) => requestsUnder(reader, scopes, query));
    const shown = found.slice(0, query.limit);
    const last = found.length > query.limit ? shown.at(-1) : undefined;
    return { requests: shown.map(viewOf), next: last ? cursorOf(last) : null };
  }

  async get(actor: Actor, id: string): Promise<RequestView> {
    return viewOf(await this.database.read((reader) => seenRequest(reader, actor, id)));
  }

  /** @param n place in the list, from 0. @returns the file and where it lies */
  async file(actor: Actor, id: string, n: number): Promise<SentFile & { readonly path: string }> {
    const { files } = await this.database.read((reader) => seenRequest(reader, actor, id));
    const file = files[n];
    if (!file || !(await this.store.has(file.sha256))) throw requestsProblem('requests.sourceMissing');
    return { ...file, path: this.store.path(file.sha256) };
  }

  async decline(actor: Actor, id: string, rawReason: string): Promise<RequestView> {
    const reason = cleanText(rawReason);
    if (reason === '') throw requestsProblem('requests.reasonMissing');
    return this.database.write(async (tx) => {
      const request = await seenRequest(tx.manager, actor, id);
      actor.demand('request.manage', request.areaPath);
      if (request.status !== 'new') throw requestsProblem('requests.decided');
      const decided = {
        status: 'declined' as const,
        reason,
        decidedBy: actor.accountId,
        decidedByName: actor.name,
        decidedAtMs: this.clock.nowMs(),
      };
      await tx.manager.update(SentRequest, { id }, decided);
      await this.notices.settle(tx, id);
      const { areaPath, senderName } = request;
      await this.audit.add(tx, actor, {
        action: 'requests.declined',
        subject: id,
        areaPath,
        detail: { reason, senderName },
      });
      return viewOf({ ...request, ...decided });
    });
  }

  /** Where the actor may read, narrowed to an area. */
  async #scopes(actor: Actor, areaId: string | undefined): Promise<readonly string[]> {
    const scopes = actor.scopes('request.read');
    if (areaId === undefined) return scopes;
    const { path } = await this.areas.get(actor, areaId);
    return scopes.flatMap((scope) => {
      if (covers(scope, path)) return [path];
      return covers(path, scope) ? [scope] : [];
    });
  }
}
