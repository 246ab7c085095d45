import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountService, Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { BYTE_ORDER_MARK, csvLine } from '../../platform/csv/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { Language } from '../../platform/i18n/index.js';
import { DAY_MS, localDayOf } from '../engine/local-days.js';
import { Cluster } from '../fleet.entity.js';
import { withinScopes } from '../within-scopes.js';
import type { FaultChange, FaultQuery, FaultView } from './fault.api.js';
import { Fault } from './fault.entity.js';
import { FaultNotices } from './fault.notices.js';
import { faultProblem } from './problems.js';
import { FAULT_WORDS } from './words.js';

const MOST_LISTED = 5_000;

/** What people see of faults and do with them. */
@Injectable()
export class FaultService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountService,
    private readonly notices: FaultNotices,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** The longest first; the first 5,000. */
  async list(actor: Actor, query: FaultQuery, language: Language): Promise<FaultView[]> {
    return this.database.read(async (reader) => {
      const select = withinScopes(
        reader.createQueryBuilder(Fault, 'fault').innerJoin(Cluster, 'cluster', 'cluster.id = fault.clusterId'),
        'cluster.areaPath',
        actor.scopes('fleet.read'),
      );
      if (query.closed !== 'all') select.andWhere(`fault.closedAtMs IS ${query.closed === 'no' ? '' : 'NOT '}NULL`);
      if (query.kind) select.andWhere('fault.kind = :kind', { kind: query.kind });
      if (query.clusterId) select.andWhere('fault.clusterId = :clusterId', { clusterId: query.clusterId });
      const faults = await select.orderBy('fault.firstSeenMs').addOrderBy('fault.id').limit(MOST_LISTED).getMany();
      const clusters = new Map((await reader.find(Cluster)).map((cluster) => [cluster.id, cluster]));
      return faults.flatMap((fault) => {
        const cluster = clusters.get(fault.clusterId);
        return cluster ? [this.#view(fault, cluster, language)] : [];
      });
    });
  }

  /** For a spreadsheet: a byte order mark, then CSV that holds no formula. */
  async csv(actor: Actor, query: FaultQuery): Promise<string> {
    const head = ['Cụm loa', 'Sự cố', 'Từ ngày', 'Số ngày', 'Người xử lý', 'Ghi chú', 'Đóng ngày', 'Người đóng'];
    const lines = (await this.list(actor, query, 'vi')).map((fault) =>
      csvLine([
        fault.clusterName,
        fault.title,
        localDayOf(fault.firstSeenMs),
        fault.daysDown,
        fault.assigneeName,
        fault.note,
        fault.closedAtMs === null ? null : localDayOf(fault.closedAtMs),
        fault.closedByName,
      ]),
    );
    return [BYTE_ORDER_MARK, csvLine(head), ...lines].join('');
  }

  /** @throws fault.assigneeUnknown for somebody who may not look after devices there */
  async change(actor: Actor, id: string, change: FaultChange, language: Language): Promise<FaultView> {
    return this.database.write(async (tx) => {
      const { fault, cluster } = await seenFault(tx.manager, actor, id);
      const { assigneeId, note = fault.note } = change;
      const assignee =
        assigneeId === undefined
          ? { assigneeId: fault.assigneeId, assigneeName: fault.assigneeName }
          : await this.#assignee(tx.manager, assigneeId, cluster);
      const changed = { ...fault, ...assignee, note };
      await tx.manager.update(Fault, { id }, { ...assignee, note });
      const detail = { assignee: changed.assigneeId, note };
      await this.audit.add(tx, actor, { action: 'fault.changed', subject: id, areaPath: cluster.areaPath, detail });
      return this.#view(changed, cluster, language);
    });
  }

  /** A person says that it is over, or that it is none. The same evidence does not open it again. */
  async close(actor: Actor, id: string, note: string, language: Language): Promise<FaultView> {
    return this.database.write(async (tx) => {
      const { fault, cluster } = await seenFault(tx.manager, actor, id);
      if (fault.closedAtMs !== null) throw faultProblem('fault.closed');
      const closing = {
        note,
        closedAtMs: this.clock.nowMs(),
        closedBy: 'person' as const,
        closedByName: actor.name,
      };
      await tx.manager.update(Fault, { id }, closing);
      await this.notices.closed(tx, id);
      const detail = { kind: fault.kind, note };
      await this.audit.add(tx, actor, { action: 'fault.closed', subject: id, areaPath: cluster.areaPath, detail });
      return this.#view({ ...fault, ...closing }, cluster, language);
    });
  }

  async #assignee(reader: EntityManager, assigneeId: string | null, { areaPath }: Cluster) {
    if (assigneeId === null) return { assigneeId: null, assigneeName: null };
    const holders = await this.accounts.whoMay(reader, 'fleet.manage', areaPath);
    const [person] = holders.some(({ accountId }) => accountId === assigneeId)
      ? await this.accounts.reachable(reader, [assigneeId])
      : [];
    if (!person) throw faultProblem('fault.assigneeUnknown');
    return { assigneeId, assigneeName: person.name };
  }

  #view(fault: Fault, cluster: Cluster, language: Language): FaultView {
    const { episode: _, ...shown } = fault;
    const untilMs = fault.closedAtMs ?? this.clock.nowMs();
    return {
      ...shown,
      title: FAULT_WORDS[fault.kind][language],
      clusterName: cluster.name,
      areaId: cluster.areaId,
      daysDown: Math.max(0, Math.floor((untilMs - fault.firstSeenMs) / DAY_MS)),
    };
  }
}

async function seenFault(reader: EntityManager, actor: Actor, id: string): Promise<{ fault: Fault; cluster: Cluster }> {
  const fault = await reader.findOneBy(Fault, { id });
  const cluster = fault && (await reader.findOneBy(Cluster, { id: fault.clusterId }));
  if (!fault || !cluster || !actor.may('fleet.manage', cluster.areaPath)) throw faultProblem('fault.unknown');
  return { fault, cluster };
}
