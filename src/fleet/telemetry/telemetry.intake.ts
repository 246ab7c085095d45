import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { type Telemetry, telemetry } from '../../../devices/protocol/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { Gathering } from '../../platform/gathering/index.js';
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

/** A province says some ten messages a second: one transaction for what came in two seconds. */
const FLUSH_MS = 2_000;
/** Beyond it messages are dropped and counted: the next ones say the same, and counters make up for what is lost. */
const MOST_WAITING = 10_000;
/** In one transaction, and one statement: fifteen parameters each, of which SQLite takes 32,766. */
const MESSAGES_AT_ONCE = 500;

interface Arrived {
  readonly atMs: number;
  readonly message: Telemetry;
}

/** Telemetry from MQTT into its table, with the bytes of the SIM, in batches. */
@Injectable()
export class TelemetryIntake {
  readonly #gathered: Gathering<Arrived>;
  #dropped = 0;
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    database: Database,
    private readonly states: StateService,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
    metrics: Metrics,
    @Inject(LOG) log: Log,
  ) {
    this.#gathered = new Gathering({
      afterMs: FLUSH_MS,
      atATime: MESSAGES_AT_ONCE,
      most: MOST_WAITING,
      write: (arrived) => database.write((tx) => this.#write(tx, arrived)),
      // A lost one is no loss: the next says the same of the moment, and the counters go on.
      failed: (error, { length }) => log.error({ err: error, messages: length }, 'telemetry could not be written'),
    });
    metrics.counter('vang_telemetry_dropped_total', 'Telemetry for which there was no room', [], () => [
      { labels: {}, value: this.#dropped },
    ]);
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.hall.listen('telemetry', telemetry, { qos: 0 }, (message) => {
      if (!this.#gathered.add({ atMs: this.clock.nowMs(), message })) this.#dropped++;
    });
  }

  /** What has arrived is still written. */
  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    await this.#gathered.flush();
  }

  async #write(tx: WriteTransaction, arrived: readonly Arrived[]): Promise<void> {
    const theirs = In([...new Set(arrived.map(({ message }) => message.device))].sort());
    const enrolled = await tx.manager.find(Controller, {
      where: { id: theirs, revokedAtMs: IsNull() },
      select: { id: true },
    });
    const meters = new Map(
      (await tx.manager.findBy(TrafficMeter, { controllerId: theirs })).map((row) => [row.controllerId, row]),
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
    const values = [...rows.values()];
    if (values.length === 0) return;
    await tx.manager.createQueryBuilder().insert().into(TelemetryRow).values(values).orIgnore().execute();
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
