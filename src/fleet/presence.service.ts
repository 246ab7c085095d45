import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import {
  type DeviceState,
  deviceReport,
  deviceState,
  parseTopic,
  planSynced,
  TOPIC_RULES,
  topics,
} from '../../devices/protocol/index.js';
import { type EmbeddedBroker, jsonOf, MqttBus, RateLimit } from '../platform/broker/index.js';
import { EMBEDDED_BROKER } from '../platform/broker/token.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { AlarmService } from './alarm.service.js';
import { DeviceAccess } from './device-access.js';
import { Controller } from './fleet.entity.js';

const PRESENCE_UPLINKS = ['state', 'reports', 'plan'] as const;
type PresenceUplink = (typeof PRESENCE_UPLINKS)[number];
const limitOf = (uplink: PresenceUplink) => new RateLimit(TOPIC_RULES[`up.${uplink}`].perMinute);

/** A morning of reconnects becomes a few transactions, not thousands. */
const FLUSH_MS = 200;

type Seen = { state?: DeviceState; synced?: number };

/** What devices say of themselves: online, plan held, trust in time; refusals become alarms. */
@Injectable()
export class PresenceService {
  readonly #seen = new Map<string, Seen>();
  readonly #troubles: { code: string; controllerId: string; detail: string }[] = [];
  readonly #unsubscribe: (() => Promise<void>)[] = [];
  readonly #limits = { state: limitOf('state'), reports: limitOf('reports'), plan: limitOf('plan') };
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly alarms: AlarmService,
    private readonly access: DeviceAccess,
    private readonly clock: Clock,
    @Inject(EMBEDDED_BROKER) private readonly broker: EmbeddedBroker | null,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    for (const uplink of PRESENCE_UPLINKS)
      this.#unsubscribe.push(
        await this.bus.subscribe(topics.everyUplink(uplink), { qos: 1 }, (topic, payload) =>
          this.#take(uplink, topic, payload),
        ),
      );
    this.broker?.on('violation', this.#violation);
    this.broker?.on('restarted', this.#restarted);
  }

  async stop(): Promise<void> {
    this.broker?.off('violation', this.#violation);
    this.broker?.off('restarted', this.#restarted);
    for (const unsubscribe of this.#unsubscribe.splice(0)) await unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flushing;
    await this.#flush();
  }

  readonly #restarted = (): void => {
    this.access.nobodyOnline().catch((error: unknown) => this.log.error({ err: error }, 'presence could not be reset'));
  };

  readonly #violation = (violation: { username: string; kind: string; topic: string }): void => {
    this.#trouble('device.topicForbidden', violation.username, `${violation.kind} ${violation.topic}`);
  };

  #trouble(code: string, controllerId: string, detail: string): void {
    if (this.#troubles.length < 1_000) this.#troubles.push({ code, controllerId, detail });
    this.#soon();
  }

  #take(uplink: PresenceUplink, topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'up' || payload.length > TOPIC_RULES[`up.${uplink}`].maxBytes) return;
    if (!this.#limits[uplink].allow(parsed.device, this.clock.monotonicMs())) return;
    const message = jsonOf(payload);
    if (uplink === 'reports') {
      const report = deviceReport.safeParse(message);
      if (report.success && report.data.device === parsed.device)
        this.#trouble(`device.${report.data.code}`, parsed.device, report.data.detail);
      return;
    }
    const seen = this.#seen.get(parsed.device) ?? {};
    if (uplink === 'state') {
      const state = deviceState.safeParse(message);
      if (!state.success || state.data.device !== parsed.device)
        return this.#trouble('device.stateMalformed', parsed.device, '');
      seen.state = state.data;
    } else {
      const synced = planSynced.safeParse(message);
      if (!synced.success || synced.data.device !== parsed.device)
        return this.#trouble('device.planMalformed', parsed.device, '');
      seen.synced = synced.data.version;
    }
    this.#seen.set(parsed.device, seen);
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flushing = this.#flushing.then(() => this.#flush());
    }, FLUSH_MS);
  }

  async #flush(): Promise<void> {
    const seen = [...this.#seen];
    const troubles = this.#troubles.splice(0);
    this.#seen.clear();
    if (seen.length === 0 && troubles.length === 0) return;
    try {
      await this.database.write(async (tx) => {
        const now = this.clock.nowMs();
        for (const [id, { state, synced }] of seen) {
          const changes: Partial<Controller> = { lastHeardAtMs: now };
          if (state) changes.online = state.online;
          if (state?.online)
            Object.assign(changes, { syncedVersion: state.planVersion, ready: state.ready, trust: state.trust });
          if (synced !== undefined && !state?.online) changes.syncedVersion = synced;
          // A last will is the broker's word, not the device's.
          if (state && !state.online) delete changes.lastHeardAtMs;
          // What a replaced box said last must not make it look alive.
          await tx.manager.update(Controller, { id, revokedAtMs: IsNull() }, changes);
        }
        for (const trouble of troubles) await this.alarms.raise(tx, trouble);
      });
    } catch (error) {
      // Presence heals itself with the next message; receipts never pass here.
      this.log.error({ err: error }, 'presence could not be written');
    }
  }
}
