import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { type UpdateStatus, updateStatus } from '../../../devices/protocol/index.js';
import { AlarmService, Controller, UplinkHall } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { Gathering } from '../../platform/gathering/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { FAILED, follows } from './engine/states.js';
import { UPDATE_FAILED } from './outbox-topics.js';
import { OrderRow, StatusRow, UpdateTarget } from './update.entity.js';

const FLUSH_MS = 200;
const AT_A_TIME = 200;
/** Words that wait to be written; more come only from devices that do not behave. */
const MOST_WAITING = 10_000;
/** Of one controller: several years of updates, and no more of one that does not behave. */
const MOST_KEPT = 100;

/** What devices say of the programs that they were ordered (role `ingest`). */
@Injectable()
export class UpdateStatusIntake {
  readonly #heard = new Gathering<UpdateStatus>({
    afterMs: FLUSH_MS,
    atATime: AT_A_TIME,
    most: MOST_WAITING,
    write: (heard) => this.database.write((tx) => this.#write(tx, heard)),
    // A rollout believes what a device states of itself, so a word that is lost delays it and no more.
    failed: (error, { length: statuses }) =>
      this.log.error({ err: error, statuses }, 'what devices said of programs could not be written'),
  });
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#unsubscribe = await this.hall.listen(
      'update',
      updateStatus,
      { qos: 1 },
      (status) => void this.#heard.add(status),
    );
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    await this.flush();
  }

  /** Writes down what was heard so far. */
  flush(): Promise<void> {
    return this.#heard.flush();
  }

  async #write(tx: WriteTransaction, heard: readonly UpdateStatus[]): Promise<void> {
    const ids = [...new Set(heard.map(({ device }) => device))];
    const controllers = await tx.manager.findBy(Controller, { id: In(ids), revokedAtMs: IsNull() });
    const known = new Set(controllers.map(({ id }) => id));
    for (const status of heard) if (known.has(status.device)) await this.#learn(tx, status);
  }

  async #learn(tx: WriteTransaction, { device: controllerId, release, state, atMs, ...status }: UpdateStatus) {
    const target = await tx.manager.findOne(UpdateTarget, {
      where: { controllerId, release },
      order: { rolloutId: 'DESC' },
    });
    if (!target && !(await tx.manager.existsBy(OrderRow, { controllerId, release })))
      return this.alarms.raise(tx, { code: 'device.updateForeign', controllerId, detail: `release ${release}` });
    // PostgreSQL keeps no NUL.
    const detail = status.detail?.replaceAll('\0', '') ?? null;
    const heardAtMs = this.clock.nowMs();
    await remember(tx, { id: newId(), controllerId, release, state, detail, atMs, heardAtMs });
    if (!target || !follows(target.state, state)) return;
    await tx.manager.save(UpdateTarget, { ...target, state, detail, atMs, heardAtMs });
    if (!FAILED.includes(state)) return;
    const code = state === 'refused' ? 'device.updateRefused' : 'device.updateRolledBack';
    await this.alarms.raise(tx, {
      code,
      controllerId,
      detail: [`release ${release}`, detail].filter(Boolean).join(': '),
    });
    await this.outbox.add(tx, { topic: UPDATE_FAILED, payload: { rolloutId: target.rolloutId } });
  }
}

/** The same again is nothing new; the oldest go when there are too many. */
async function remember(tx: WriteTransaction, status: StatusRow): Promise<void> {
  const { controllerId } = status;
  const kept = await tx.manager.find(StatusRow, { where: { controllerId }, order: { id: 'DESC' } });
  const [last] = kept;
  if (last && last.release === status.release && last.state === status.state && last.detail === status.detail) return;
  await tx.manager.insert(StatusRow, status);
  const old = kept.slice(MOST_KEPT - 1).map(({ id }) => id);
  if (old.length > 0) await tx.manager.delete(StatusRow, { id: In(old) });
}
