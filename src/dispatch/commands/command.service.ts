import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { type CommandBody, LONGEST_SILENCE_MS } from '../../../devices/protocol/index.js';
import { Audit } from '../../accounts/index.js';
import { type Area, AreaService, commonPath, idsUpwards } from '../../areas/index.js';
import { Cluster } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteOptions, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { CommandView, NewCommand, OrderableBody, ResumeRequest, StopAllRequest } from './command.api.js';
import { CommandRow } from './command.entity.js';
import { silencedWith, silencesInForce } from './command.queries.js';
import { viewOf } from './command.views.js';
import { CommandCodes, type Confirmed, type Spend } from './command-codes.js';
import { CommandIssuer } from './command-issuer.js';
import { isDangerous, isSilencing, TOGETHER_MS } from './engine/orders.js';
import { wordsOf } from './engine/words.js';
import { commandProblem } from './problems.js';

interface Aimed {
  readonly areaId: string | null;
  readonly areaPath: string;
  readonly clusterIds: readonly string[] | null;
  /** For people. */
  readonly name: string;
}

/** What people ask of loudspeakers now. */
@Injectable()
export class CommandService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly issuer: CommandIssuer,
    private readonly codes: CommandCodes,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /**
   * Needs `fleet.command` at every place concerned. A dangerous one without its code is not given: a code is sent, and the problem
   * `command.confirm` says so.
   */
  async order(actor: Actor, request: NewCommand): Promise<CommandView> {
    const { body, otp, reason } = request;
    const requestKey = `${actor.accountId}:${request.requestKey}`;
    const aimed = await this.database.read((reader) => this.#aim(reader, actor, request.target));
    const before = await this.database.read((reader) => this.#same(reader, requestKey, aimed, body));
    if (before) return viewOf(before);
    this.#demandEnd(body);
    const confirmed = confirmedOf(aimed, body);
    let spend: Spend | null = null;
    if (await this.database.read((reader) => this.#isDangerous(reader, actor, aimed, body))) {
      if (otp === undefined) return this.#askForCode(actor, confirmed);
      spend = await this.codes.check(actor, confirmed, otp);
    }
    const given = await this.database.write(
      async (tx) => {
        const same = await this.#same(tx.manager, requestKey, aimed, body);
        if (same) return viewOf(same);
        // Once more: many small ones at the same moment are as dangerous as a large one.
        if (!spend && (await this.#isDangerous(tx.manager, actor, aimed, body))) return null;
        if (spend && !(await spend(tx))) throw commandProblem('command.codeInvalid');
        const activeUntilMs = await this.#inForceUntil(tx, aimed, body);
        const { areaId, areaPath, clusterIds } = aimed;
        const aim = { areaId, areaPath, clusterIds };
        const row = await this.issuer.issue(tx, { requestKey, body, ...aim, by: actor, reason, activeUntilMs });
        const detail = { body, clusterIds, reason, expiresAtMs: row.expiresAtMs };
        await this.audit.add(tx, actor, { action: 'command.given', subject: row.id, areaPath, detail });
        return viewOf(row);
      },
      isolationOf(aimed, body),
    );
    return given ?? this.#askForCode(actor, confirmed);
  }

  async #isDangerous(reader: EntityManager, actor: Actor, { clusterIds }: Aimed, body: CommandBody): Promise<boolean> {
    if (clusterIds === null) return isDangerous(body, 'area');
    const meant = isSilencing(body)
      ? await silencedWith(reader, actor.accountId, clusterIds, this.clock.nowMs() - TOGETHER_MS)
      : { clusters: clusterIds.length, wholeArea: false };
    return isDangerous(body, meant);
  }

  async #askForCode(actor: Actor, confirmed: Confirmed): Promise<never> {
    await this.codes.send(actor, confirmed);
    throw commandProblem('command.confirm', { minutes: 5 });
  }

  /** Dừng tất cả loa: one command to the area, in force until its end. */
  stopAll(actor: Actor, areaId: string, { untilMs, emergencies, ...request }: StopAllRequest): Promise<CommandView> {
    return this.order(actor, { target: { areaId }, body: { kind: 'silence', untilMs, emergencies }, ...request });
  }

  resume(actor: Actor, areaId: string, request: ResumeRequest): Promise<CommandView> {
    return this.order(actor, { target: { areaId }, body: { kind: 'resume' }, ...request });
  }

  async #aim(reader: EntityManager, actor: Actor, target: NewCommand['target']): Promise<Aimed> {
    if ('areaId' in target) {
      const area: Area = await this.areas.seen(reader, actor, target.areaId);
      actor.demand('fleet.command', area.path);
      return { areaId: area.id, areaPath: area.path, clusterIds: null, name: area.name };
    }
    const clusterIds = [...new Set(target.clusterIds)].sort();
    const found = new Map((await reader.findBy(Cluster, { id: In(clusterIds) })).map((each) => [each.id, each]));
    const mine = (id: string) => actor.may('fleet.command', found.get(id)?.areaPath ?? '');
    const foreign = clusterIds.filter((id) => !found.has(id) || !mine(id));
    if (foreign.length > 0)
      throw commandProblem('command.clusterUnknown').withErrors(
        foreign.map((at) => ({ at, code: 'command.clusterUnknown' })),
      );
    const clusters = [...found.values()];
    const [first] = clusters;
    const name = clusters.length === 1 && first ? first.name : `${clusters.length} cụm loa`;
    return { areaId: null, areaPath: commonPath(clusters.map(({ areaPath }) => areaPath)), clusterIds, name };
  }

  /** A second tap. @throws `command.keyReused` where the key names something else */
  async #same(reader: EntityManager, requestKey: string, aimed: Aimed, body: CommandBody): Promise<CommandRow | null> {
    const before = await reader.findOneBy(CommandRow, { requestKey });
    if (before && fingerprintOf(before, before.body) !== fingerprintOf(aimed, body))
      throw commandProblem('command.keyReused');
    return before;
  }

  #demandEnd(body: OrderableBody): void {
    if (body.kind !== 'silence') return;
    const aheadMs = body.untilMs - this.clock.nowMs();
    if (aheadMs <= 0 || aheadMs > LONGEST_SILENCE_MS) throw commandProblem('command.untilWrong');
  }

  /** Of an area: who was away during it must learn of it when it is back, and of its end too. */
  async #inForceUntil(tx: WriteTransaction, { areaId, areaPath }: Aimed, body: OrderableBody): Promise<number | null> {
    if (areaId === null) return null;
    if (body.kind === 'silence') {
      await this.issuer.endSilences(tx, areaPath);
      return body.untilMs;
    }
    if (body.kind !== 'resume') return null;
    const nowMs = this.clock.nowMs();
    const above = await silencesInForce(tx.manager, { areaIds: idsUpwards(areaPath).slice(1) }, nowMs);
    const [order] = above.filter(({ kind }) => kind === 'silence');
    if (order?.areaId) {
      const area = await this.areas.byId(tx.manager, order.areaId);
      throw commandProblem('command.silencedAbove', { area: area?.name ?? '' });
    }
    return this.issuer.endSilences(tx, areaPath);
  }
}

/** Two silences at the same moment: one of them must see the other. */
const isolationOf = ({ clusterIds }: Aimed, body: CommandBody): WriteOptions =>
  clusterIds !== null && isSilencing(body) ? { isolation: 'serializable' } : {};

function confirmedOf(aimed: Aimed, body: CommandBody): Confirmed {
  const { areaPath, name } = aimed;
  return { fingerprint: fingerprintOf(aimed, body), areaPath, command: wordsOf(body), area: name };
}

/** Of the exact command and target: what a one-time password and a request key are bound to. */
function fingerprintOf(aimed: Pick<Aimed, 'areaId' | 'clusterIds'>, body: CommandBody): string {
  const exact = JSON.stringify([aimed.areaId, aimed.clusterIds, Object.entries(body).sort()]);
  return createHash('sha256').update(exact).digest('hex');
}
