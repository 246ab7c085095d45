import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { type Telemetry, telemetry } from '../../../devices/protocol/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { Metrics } from '../../platform/http/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { learnTelemetry } from '../engine/evidence.js';
import { localMonthOf } from '../engine/local-days.js';
import { readCounters } from '../engine/traffic.js';
import { Controller } from '../fleet.entity.js';
import { TrafficMeter, TrafficMonth } from '../sims/sim.entity.js';
import { StateService } from '../state/state.service.js';
import { UplinkHall } from '../state/uplink-hall.js';
import { TelemetryRow } from './telemetry.entity.js';

/** A province says some ten messages a second: one transaction for what came in two. */
const FLUSH_MS = 2_000;
/** Beyond it messages are dropped and counted: the next ones say the same, and counters make up for what is lost. */
const MOST_WAITING = 10_000;
/** Fifteen parameters each; SQLite takes 32,766. */
const ROWS_PER_INSERT = 1_000;
/** Devices whose counters are looked at with one query. */
const DEVICES_AT_ONCE = 500;

interface Arrived {
  readonly atMs: number;
  readonly message: Telemetry;
}

/** Telemetry from MQTT into its table, with the bytes of the SIM, in batches. */
@Injectable()
export class TelemetryIntake {
  #waiting: Arrived[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    private readonly database: Database,
    private readonly states: StateService,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
    metrics: Metrics,
    @Inject(LOG) private readonly log: Log,
  ) {
    metrics.counter('vang_telemetry_dropped_total', 'Telemetry for which there was no room', [], () => [
      { labels: {}, value: this.#dropped },
    ]);
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.hall.listen('telemetry', telemetry, { qos: 0 }, (message) => this.#take(message));
  }

  /** What has arrived is still written. */
  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#flushing;
    await this.#flush();
  }

  #take(message: Telemetry): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.push({ atMs: this.clock.nowMs(), message });
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flushing = this.#flushing.then(() => this.#flush());
    }, FLUSH_MS);
  }

  async #flush(): Promise<void> {
    const arrived = this.#waiting;
    this.#waiting = [];
    const devices = [...new Set(arrived.map(({ message }) => message.device))].sort();
    try {
      for (let from = 0; from < devices.length; from += DEVICES_AT_ONCE) {
        const ids = new Set(devices.slice(from, from + DEVICES_AT_ONCE));
        const theirs = arrived.filter(({ message }) => ids.has(message.device));
        await this.database.write((tx) => this.#write(tx, [...ids], theirs));
      }
    } catch (error) {
      // A lost one is no loss: the next says the same of the moment, and the counters go on.
      this.log.error({ err: error, messages: arrived.length }, 'telemetry could not be written');
    }
  }

  async #write(tx: WriteTransaction, ids: readonly string[], arrived: readonly Arrived[]): Promise<void> {
    const enrolled = await tx.manager.find(Controller, {
      where: { id: In([...ids]), revokedAtMs: IsNull() },
      select: { id: true },
    });
    const meters = new Map(
      (await tx.manager.findBy(TrafficMeter, { controllerId: In([...ids]) })).map((row) => [row.controllerId, row]),
    );
    const known = new Set(enrolled.map(({ id }) => id));
    const months = new Map<string, TrafficMonth>();
    const rows = new Map<string, TelemetryRow>();
    const latest = new Map<string, Arrived>();
    for (const one of arrived.filter(({ message }) => known.has(message.device))) {
      const { message } = one;
      const { device: controllerId, boot, uptimeS, bytesUp, bytesDown } = message;
      const before = meters.get(controllerId) ?? null;
      // A device that does not count says nothing of bytes: what was counted stays.
      const same = before?.boot === boot ? before : null;
      const counters = {
        boot,
        uptimeS,
        bytesUp: bytesUp ?? same?.bytesUp ?? 0,
        bytesDown: bytesDown ?? same?.bytesDown ?? 0,
      };
      const reading = readCounters(before, counters);
      if (reading.kind === 'late') continue;
      if (reading.kind === 'cloned') {
        const detail = `boot ${boot}: up for ${uptimeS} s after ${before?.uptimeS} s`;
        await this.alarms.raise(tx, { code: 'device.cloned', controllerId, detail });
        continue;
      }
      meters.set(controllerId, { controllerId, ...reading.now });
      const month = monthOf(months, controllerId, localMonthOf(one.atMs));
      month.bytesUp += reading.bytesUp;
      month.bytesDown += reading.bytesDown;
      let { atMs } = one;
      while (rows.has(`${controllerId}/${atMs}`)) atMs++;
      rows.set(`${controllerId}/${atMs}`, rowOf(message, atMs, reading));
      latest.set(controllerId, one);
    }
    await this.#insert(tx, [...rows.values()]);
    await tx.manager.save(
      TrafficMeter,
      [...meters.values()].filter(({ controllerId }) => latest.has(controllerId)),
    );
    await this.#addMonths(tx, [...months.values()]);
    await this.states.learn(
      tx,
      new Map([...latest].map(([id, { message, atMs }]) => [id, [learnTelemetry(message, atMs)]])),
    );
  }

  async #insert(tx: WriteTransaction, rows: readonly TelemetryRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += ROWS_PER_INSERT)
      await tx.manager
        .createQueryBuilder()
        .insert()
        .into(TelemetryRow)
        .values(rows.slice(from, from + ROWS_PER_INSERT))
        .orIgnore()
        .execute();
  }

  async #addMonths(tx: WriteTransaction, months: readonly TrafficMonth[]): Promise<void> {
    if (months.length === 0) return;
    const controllerId = In(months.map((row) => row.controllerId));
    const stored = await tx.manager.findBy(TrafficMonth, { controllerId, month: In(months.map(({ month }) => month)) });
    const before = new Map(stored.map((row) => [`${row.controllerId}/${row.month}`, row]));
    await tx.manager.save(
      TrafficMonth,
      months.map((row) => {
        const sum = before.get(`${row.controllerId}/${row.month}`);
        return {
          ...row,
          bytesUp: row.bytesUp + (sum?.bytesUp ?? 0),
          bytesDown: row.bytesDown + (sum?.bytesDown ?? 0),
        };
      }),
    );
  }
}

function monthOf(months: Map<string, TrafficMonth>, controllerId: string, month: string): TrafficMonth {
  const key = `${controllerId}/${month}`;
  const row = months.get(key) ?? { controllerId, month, bytesUp: 0, bytesDown: 0 };
  months.set(key, row);
  return row;
}

function rowOf(
  message: Telemetry,
  atMs: number,
  { bytesUp, bytesDown }: { readonly bytesUp: number; readonly bytesDown: number },
): TelemetryRow {
  return {
    controllerId: message.device,
    atMs,
    boot: message.boot,
    uptimeS: message.uptimeS,
    bytesUp,
    bytesDown,
    signalDbm: message.signalDbm ?? null,
    temperatureC: message.temperatureC ?? null,
    supplyVolts: message.supplyVolts ?? null,
    supply: message.supply ?? null,
    freeBytes: message.freeBytes ?? null,
    memoryBytes: message.memoryBytes ?? null,
    clockErrorMs: message.clockErrorMs ?? null,
    volumePercent: message.volumePercent ?? null,
    amplifier: message.amplifier ?? null,
  };
}
