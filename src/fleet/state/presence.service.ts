import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { z } from 'zod';
import {
  type DeviceEvent,
  type DeviceState,
  deviceEvent,
  deviceReport,
  deviceState,
  planSynced,
  type Uplink,
} from '../../../devices/protocol/index.js';
import type { EmbeddedBroker } from '../../platform/broker/index.js';
import { EMBEDDED_BROKER } from '../../platform/broker/token.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { DeviceAccess } from '../access/device-access.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { type Lesson, learnEvent, learnState } from '../engine/evidence.js';
import { Cluster, Controller } from '../fleet.entity.js';
import { BrokerWatch } from './broker.watch.js';
import { EventLog } from './event-log.js';
import { StateService } from './state.service.js';
import { UplinkHall } from './uplink-hall.js';

/** A morning of reconnects becomes a few transactions, not thousands. */
const FLUSH_MS = 200;
/** A whole province that reconnects must not keep a receipt from being written for seconds. */
const DEVICES_PER_WRITE = 50;
const MOST_TROUBLES = 1_000;
/** Beyond it events are left to their devices, which have not been told that they came. */
const MOST_EVENTS = 20_000;

interface Trouble {
  readonly code: string;
  readonly controllerId: string;
  readonly detail: string;
}
interface Seen {
  readonly states: DeviceState[];
  synced?: number;
}
interface Told {
  readonly event: DeviceEvent;
  readonly written: () => void;
}

/** What devices say of themselves at the moment: state, plan held, events; what they refused becomes alarms. */
@Injectable()
export class PresenceService {
  #seen = new Map<string, Seen>();
  #told: Told[] = [];
  #troubles: Trouble[] = [];
  readonly #unsubscribe: (() => Promise<void>)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmService,
    private readonly states: StateService,
    private readonly events: EventLog,
    private readonly access: DeviceAccess,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
    private readonly watch: BrokerWatch,
    @Inject(EMBEDDED_BROKER) private readonly broker: EmbeddedBroker | null,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    await this.#listen('state', deviceState, (state) => void this.#seenOf(state.device).states.push(state));
    await this.#listen('plan', planSynced, ({ device, version }) => {
      this.#seenOf(device).synced = version;
    });
    await this.#listen('reports', deviceReport, ({ device, code, detail }) =>
      this.#trouble(`device.${code}`, device, detail),
    );
    await this.#listen('events', deviceEvent, (event) => this.#tell(event));
    this.watch.start();
    this.broker?.on('restarted', this.#restarted);
    // Whoever was connected to the embedded broker of a process that is gone says so again.
    if (this.broker) await this.states.brokerLost();
  }

  async stop(): Promise<void> {
    this.broker?.off('restarted', this.#restarted);
    for (const unsubscribe of this.#unsubscribe.splice(0)) await unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flushing;
    await this.#flush();
    await this.watch.stop();
  }

  /** A message is acknowledged when `take` resolves: an event when it is written, anything else at once. */
  async #listen<Message extends { readonly device: string }>(
    uplink: Uplink,
    schema: z.ZodType<Message>,
    take: (message: Message) => void | Promise<void>,
  ): Promise<void> {
    const options = { qos: 1, ackAfterHandler: uplink === 'events' } as const;
    const unsubscribe = await this.hall.listen(uplink, schema, options, (message) => {
      const taken = take(message);
      this.#soon();
      return taken;
    });
    this.#unsubscribe.push(unsubscribe);
  }

  #seenOf(device: string): Seen {
    const seen = this.#seen.get(device) ?? { states: [] };
    this.#seen.set(device, seen);
    return seen;
  }

  #tell(event: DeviceEvent): Promise<void> {
    if (this.#told.length >= MOST_EVENTS) return Promise.reject(new Error('too many events wait to be written'));
    return new Promise((written) => this.#told.push({ event, written }));
  }

  readonly #restarted = (): void => {
    Promise.all([this.access.nobodyOnline(), this.states.brokerLost()]).catch((error: unknown) =>
      this.log.error({ err: error }, 'presence could not be reset'),
    );
  };

  #trouble(code: string, controllerId: string, detail: string): void {
    if (this.#troubles.length < MOST_TROUBLES) this.#troubles.push({ code, controllerId, detail });
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flushing = this.#flushing.then(() => this.#flush());
    }, FLUSH_MS);
  }

  async #flush(): Promise<void> {
    const [seen, told, troubles] = [this.#seen, this.#told, this.#troubles];
    [this.#seen, this.#told, this.#troubles] = [new Map(), [], []];
    if (seen.size === 0 && told.length === 0 && troubles.length === 0) return;
    try {
      const devices = [...seen];
      for (let from = 0; from < devices.length; from += DEVICES_PER_WRITE) {
        await this.database.write((tx) =>
          this.#writeStates(tx, new Map(devices.slice(from, from + DEVICES_PER_WRITE))),
        );
        // SQLite answers in the same turn: without this, whoever asks meanwhile waits for all of a province.
        await nextTurn();
      }
      if (told.length + troubles.length > 0) await this.database.write((tx) => this.#writeWords(tx, told, troubles));
      for (const { written } of told) written();
    } catch (error) {
      // Presence heals itself with the next message, and a state is retained; events wait for the next attempt.
      this.#told = [...told, ...this.#told];
      this.log.error({ err: error }, 'presence could not be written');
    }
  }

  async #writeStates(tx: WriteTransaction, seen: ReadonlyMap<string, Seen>): Promise<void> {
    const nowMs = this.clock.nowMs();
    // What a replaced box said last must not make it look alive.
    const controllers = await tx.manager.findBy(Controller, { id: In([...seen.keys()]), revokedAtMs: IsNull() });
    const boots = await this.states.bootsOf(tx, [...seen.keys()]);
    const lessons = new Map<string, Lesson[]>();
    for (const controller of controllers) {
      const { states = [], synced } = seen.get(controller.id) ?? {};
      await this.#note(tx, controller, states.at(-1), synced, nowMs);
      lessons.set(
        controller.id,
        states.map((state) => learnState(state, nowMs)),
      );
      await this.#lookForClones(tx, controller.id, boots.get(controller.id) ?? 0, states);
    }
    await this.states.learn(tx, lessons);
  }

  async #writeWords(tx: WriteTransaction, told: readonly Told[], troubles: readonly Trouble[]): Promise<void> {
    const nowMs = this.clock.nowMs();
    const lessons = new Map<string, Lesson[]>();
    const fresh = await this.events.write(
      tx,
      told.map(({ event }) => event),
    );
    for (const event of fresh)
      lessons.set(event.device, [...(lessons.get(event.device) ?? []), learnEvent(event, nowMs)]);
    await this.states.learn(tx, lessons);
    for (const trouble of troubles) await this.alarms.raise(tx, trouble);
  }

  /** A boot is counted on: one that was left behind comes from a copied card, or from a copy put back. */
  async #lookForClones(
    tx: WriteTransaction,
    controllerId: string,
    boot: number,
    states: readonly DeviceState[],
  ): Promise<void> {
    let known = boot;
    for (const state of states) {
      if (!state.online) continue;
      if (state.boot < known) {
        const detail = `boot ${state.boot} after boot ${known}`;
        await this.alarms.raise(tx, { code: 'device.cloned', controllerId, detail });
      }
      known = Math.max(known, state.boot);
    }
  }

  async #note(
    tx: WriteTransaction,
    controller: Controller,
    state: DeviceState | undefined,
    synced: number | undefined,
    nowMs: number,
  ): Promise<void> {
    const changes: Partial<Controller> = { lastHeardAtMs: nowMs };
    if (state) changes.online = state.online;
    if (state?.online) {
      Object.assign(changes, { syncedVersion: state.planVersion, ready: state.ready, trust: state.trust });
      // A program's name is text of the device's own: PostgreSQL keeps no NUL.
      if (state.firmware) changes.firmware = { ...state.firmware, name: state.firmware.name.replaceAll('\0', '') };
      changes.capabilities = [...new Set(state.capabilities ?? [])].sort();
    }
    if (synced !== undefined && !state?.online) changes.syncedVersion = synced;
    // A last will is the broker's word, not the device's.
    if (state && !state.online) delete changes.lastHeardAtMs;
    await tx.manager.save(Controller, { ...controller, ...changes });
    // A schedule aims relays at those who can play them.
    if (changes.capabilities && streams(changes.capabilities) !== streams(controller.capabilities)) {
      const cluster = await tx.manager.findOneBy(Cluster, { id: controller.clusterId });
      await this.outbox.add(tx, { topic: 'fleet.listeners', payload: { areaPath: cluster?.areaPath ?? '/' } });
    }
  }
}

const streams = (capabilities: Controller['capabilities']): boolean => capabilities?.includes('stream') ?? false;
