import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { BYTE_ORDER_MARK, csvLine } from '../../platform/csv/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { ClusterService } from '../cluster.service.js';
import { localDayOf } from '../engine/local-days.js';
import { Fault } from '../faults/fault.entity.js';
import { Cluster, Controller } from '../fleet.entity.js';
import { withinScopes } from '../within-scopes.js';
import { upkeepProblem } from './problems.js';
import type { NewUpkeep, UpkeepQuery, UpkeepView } from './upkeep.api.js';
import { Upkeep, type UpkeepKind } from './upkeep.entity.js';

const MOST_LISTED = 10_000;

const WORDS: Readonly<Record<UpkeepKind, string>> = {
  preservation: 'Bảo quản',
  maintenance: 'Duy trì',
  upgrade: 'Nâng cấp',
  extension: 'Mở rộng',
};

/** The maintenance log that plans pay by. A line is written once; what was wrong is said in another. */
@Injectable()
export class UpkeepService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async write(actor: Actor, clusterId: string, line: NewUpkeep): Promise<UpkeepView> {
    if (line.day > localDayOf(this.clock.nowMs())) throw upkeepProblem('upkeep.dayAhead');
    return this.database.write(async (tx) => {
      const cluster = await this.clusters.demand(tx.manager, actor, 'fleet.manage', clusterId);
      const fault = line.faultId === null ? null : await tx.manager.findOneBy(Fault, { id: line.faultId });
      if (line.faultId !== null && fault?.clusterId !== clusterId) throw upkeepProblem('upkeep.faultElsewhere');
      const present = await tx.manager.findOneBy(Controller, { clusterId, revokedAtMs: IsNull() });
      const controllerId = fault?.controllerId ?? present?.id ?? null;
      const written = { writtenByName: actor.name, writtenAtMs: this.clock.nowMs() };
      const row: Upkeep = { ...line, id: newId(), clusterId, controllerId, ...written };
      await tx.manager.insert(Upkeep, row);
      const { areaPath } = cluster;
      const detail = { kind: line.kind, costVnd: line.costVnd, cluster: cluster.code };
      await this.audit.add(tx, actor, { action: 'upkeep.written', subject: row.id, areaPath, detail });
      return { ...row, clusterName: cluster.name };
    });
  }

  /** The latest first; the first 10,000. */
  async list(actor: Actor, query: UpkeepQuery): Promise<UpkeepView[]> {
    return this.database.read(async (reader) => {
      const select = withinScopes(
        reader.createQueryBuilder(Upkeep, 'upkeep').innerJoin(Cluster, 'cluster', 'cluster.id = upkeep.clusterId'),
        'cluster.areaPath',
        actor.scopes('fleet.read'),
      );
      if (query.clusterId) select.andWhere('upkeep.clusterId = :clusterId', { clusterId: query.clusterId });
      if (query.kind) select.andWhere('upkeep.kind = :kind', { kind: query.kind });
      if (query.from) select.andWhere('upkeep.day >= :from', { from: query.from });
      if (query.until) select.andWhere('upkeep.day <= :until', { until: query.until });
      const rows = await select
        .orderBy('upkeep.day', 'DESC')
        .addOrderBy('upkeep.id', 'DESC')
        .limit(MOST_LISTED)
        .getMany();
      const names = new Map((await reader.find(Cluster)).map(({ id, name }) => [id, name]));
      return rows.map((row) => ({ ...row, clusterName: names.get(row.clusterId) ?? row.clusterId }));
    });
  }

  /** For a spreadsheet: a byte order mark, then CSV that holds no formula. */
  async csv(actor: Actor, query: UpkeepQuery): Promise<string> {
    const lines = (await this.list(actor, query)).map(({ day, clusterName, kind, person, costVnd, text }) =>
      csvLine([day, clusterName, WORDS[kind], person, costVnd, text]),
    );
    const head = csvLine(['Ngày', 'Cụm loa', 'Loại việc', 'Người thực hiện', 'Chi phí (đồng)', 'Nội dung']);
    return [BYTE_ORDER_MARK, head, ...lines].join('');
  }
}
