import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { type Evidence, type Lesson, NOTHING_KNOWN } from '../engine/evidence.js';
import { STATE_FAULTS, type Wrong, wrongByState } from '../engine/faults.js';
import { type Because, type DeviceStateName, stateOf } from '../engine/state.js';
import { FaultDesk } from '../faults/fault.desk.js';
import { Controller } from '../fleet.entity.js';
import { FLEET_SETTINGS, type FleetSettings } from '../settings.js';
import { ControllerState, ControllerStateSpan } from './state.entity.js';

/** Rows looked at with one query. */
const AT_ONCE = 500;

/** Keeps what is known of each controller, and follows it: its state, the history of that, and its faults. */
@Injectable()
export class StateService {
  constructor(
    private readonly database: Database,
    private readonly faults: FaultDesk,
    private readonly clock: Clock,
    @Inject(FLEET_SETTINGS) private readonly settings: FleetSettings,
  ) {}

  /**
   * Adds to the evidence, in the given order, and judges it as of now; without lessons it only judges again. Controllers that
   * are not enrolled, or no longer, are left out.
   */
  async learn(tx: WriteTransaction, lessons: ReadonlyMap<string, readonly Lesson[]>): Promise<void> {
    // In one order everywhere: two processes that learn of the same devices must not wait for each other.
    const ids = [...lessons.keys()].sort();
    for (let from = 0; from < ids.length; from += AT_ONCE)
      await this.#learn(tx, ids.slice(from, from + AT_ONCE), lessons);
  }

  async #learn(
    tx: WriteTransaction,
    ids: readonly string[],
    lessons: ReadonlyMap<string, readonly Lesson[]>,
  ): Promise<void> {
    const nowMs = this.clock.nowMs();
    const controllers = await tx.manager.find(Controller, {
      where: { id: In([...ids]), revokedAtMs: IsNull() },
      select: { id: true, clusterId: true },
      order: { id: 'ASC' },
    });
    const known = await tx.manager.findBy(ControllerState, { controllerId: In(controllers.map(({ id }) => id)) });
    const before = new Map(known.map((row) => [row.controllerId, row]));
    const wrongOf = new Map<string, readonly Wrong[]>();
    const rows: ControllerState[] = [];
    for (const { id } of controllers) {
      const row = before.get(id) ?? unknown(id, nowMs);
      const evidence = (lessons.get(id) ?? []).reduce<Evidence>((so, lesson) => lesson(so), evidenceOf(row));
      const judged = stateOf(id, evidence, nowMs);
      const sinceMs = judged.state === row.state ? row.sinceMs : sinceOf(judged, evidence, row.sinceMs, nowMs);
      const faults = wrongByState(evidence, { state: judged.state, sinceMs }, this.settings, nowMs);
      wrongOf.set(id, faults.wrong);
      const recheckAtMs = earlier(judged.recheckAtMs, faults.nextMs);
      rows.push({ ...evidence, controllerId: id, state: judged.state, because: judged.because, sinceMs, recheckAtMs });
      if (!before.has(id) || spanOf(judged.state) !== spanOf(row.state))
        await this.#begin(tx, id, spanOf(judged.state), judged.because, sinceMs);
    }
    await tx.manager.save(ControllerState, rows);
    await this.faults.settle(tx, controllers, STATE_FAULTS, wrongOf);
  }

  async #begin(tx: WriteTransaction, controllerId: string, state: DeviceStateName, because: Because, fromMs: number) {
    await tx.manager.update(ControllerStateSpan, { controllerId, untilMs: IsNull() }, { untilMs: fromMs });
    await tx.manager.insert(ControllerStateSpan, { id: newId(), controllerId, state, because, fromMs, untilMs: null });
  }

  /** The highest boot that each told of, by controller. */
  async bootsOf({ manager }: WriteTransaction, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await manager.findBy(ControllerState, { controllerId: In([...ids]) });
    return new Map(rows.map(({ controllerId, boot }) => [controllerId, boot ?? 0]));
  }

  /** The broker was restarted: nobody is known to be connected. Who does not come back is offline by silence, each in its time. */
  async brokerLost(): Promise<void> {
    await this.database.write((tx) => tx.manager.update(ControllerState, { connected: true }, { connected: null }));
  }

  /** A controller ends: its history stays, and nothing of it is open. */
  async forget(tx: WriteTransaction, controllerId: string): Promise<void> {
    const endedAtMs = this.clock.nowMs();
    await tx.manager.delete(ControllerState, { controllerId });
    await tx.manager.update(ControllerStateSpan, { controllerId, untilMs: IsNull() }, { untilMs: endedAtMs });
    await this.faults.forget(tx, controllerId);
  }
}

const unknown = (controllerId: string, nowMs: number): ControllerState => ({
  ...NOTHING_KNOWN,
  controllerId,
  state: 'never',
  because: 'nothing',
  sinceMs: nowMs,
  recheckAtMs: null,
});

function evidenceOf(row: ControllerState): Evidence {
  const { controllerId: _, state: __, because: ___, sinceMs: ____, recheckAtMs: _____, ...evidence } = row;
  return evidence;
}

/** A state began when its evidence says so, and never before the one that it follows. */
function sinceOf(
  { state, because }: { readonly state: DeviceStateName; readonly because: Because },
  { connectionAtMs, heardAtMs, powerLostAtMs }: Evidence,
  afterMs: number,
  nowMs: number,
): number {
  const began =
    state === 'powerLost'
      ? powerLostAtMs
      : because === 'silence'
        ? heardAtMs
        : because === 'lastWill'
          ? connectionAtMs
          : nowMs;
  return Math.max(afterMs, began ?? nowMs);
}

/** History tells of days down, not of every bulletin. */
const spanOf = (state: DeviceStateName): DeviceStateName => (state === 'playing' ? 'online' : state);

const earlier = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
