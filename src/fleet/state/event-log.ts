import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan } from 'typeorm';
import type { DeviceEvent } from '../../../devices/protocol/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { Controller } from '../fleet.entity.js';
import { DeviceEventRow } from './state.entity.js';

const ROWS_PER_INSERT = 500;
const nameOf = (device: string, boot: number, seq: number) => `${device}.${boot}.${seq}`;

/** Events that a person should see even if they are over by then. */
const ALARMS: Partial<Record<DeviceEvent['kind'], string>> = {
  lineSilent: 'device.lineSilent',
  stopButton: 'device.stopButton',
};

/** Events of devices, each once. */
@Injectable()
export class EventLog {
  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmService,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes what is new. The same number of the same boot with other content is of another device with the same identity.
   * @returns those that were new, in the order given; none of devices that are not enrolled, or no longer
   */
  async write(tx: WriteTransaction, events: readonly DeviceEvent[]): Promise<DeviceEvent[]> {
    if (events.length === 0) return [];
    const devices = [...new Set(events.map(({ device }) => device))];
    const enrolled = await tx.manager.find(Controller, {
      where: { id: In(devices), revokedAtMs: IsNull() },
      select: { id: true },
    });
    const ids = new Set(enrolled.map(({ id }) => id));
    const known = await this.#known(tx, events);
    const fresh: { event: DeviceEvent; row: DeviceEventRow }[] = [];
    for (const event of events.filter(({ device }) => ids.has(device))) {
      const row = rowOf(event, this.clock.nowMs());
      const name = nameOf(event.device, event.boot, event.seq);
      const before = known.get(name);
      if (!before) fresh.push({ event, row });
      else if (!isSame(before, row))
        await this.alarms.raise(tx, {
          code: 'device.cloned',
          controllerId: event.device,
          detail: `event ${event.seq} of boot ${event.boot} came twice with different content`,
        });
      known.set(name, before ?? row);
    }
    for (let from = 0; from < fresh.length; from += ROWS_PER_INSERT)
      await tx.manager.insert(
        DeviceEventRow,
        fresh.slice(from, from + ROWS_PER_INSERT).map(({ row }) => row),
      );
    for (const { event } of fresh) {
      const code = ALARMS[event.kind];
      if (code) await this.alarms.raise(tx, { code, controllerId: event.device, detail: event.detail ?? '' });
    }
    return fresh.map(({ event }) => event);
  }

  async #known(tx: WriteTransaction, events: readonly DeviceEvent[]): Promise<Map<string, DeviceEventRow>> {
    const known = new Map<string, DeviceEventRow>();
    const boots = new Map<string, DeviceEvent[]>();
    for (const event of events) {
      const boot = `${event.device}.${event.boot}`;
      boots.set(boot, [...(boots.get(boot) ?? []), event]);
    }
    for (const [first, ...others] of boots.values()) {
      if (!first) continue;
      const { device: controllerId, boot } = first;
      const seq = In([first, ...others].map((event) => event.seq));
      for (const row of await tx.manager.findBy(DeviceEventRow, { controllerId, boot, seq }))
        known.set(nameOf(controllerId, boot, row.seq), row);
    }
    return known;
  }

  /** Forgets what came before `beforeMs` (UTC epoch). @returns how many */
  async purge(beforeMs: number): Promise<number> {
    const { affected } = await this.database.write(({ manager }) =>
      manager.delete(DeviceEventRow, { receivedAtMs: LessThan(beforeMs) }),
    );
    return affected ?? 0;
  }
}

const rowOf = ({ device, boot, seq, kind, code, detail, atMs }: DeviceEvent, receivedAtMs: number): DeviceEventRow => ({
  controllerId: device,
  boot,
  seq,
  kind,
  code: code ?? null,
  detail: (detail ?? '').replaceAll('\0', ''),
  atMs,
  receivedAtMs,
});

/** `atMs` may be corrected when a device has found the time. */
const isSame = (a: DeviceEventRow, b: DeviceEventRow): boolean =>
  a.kind === b.kind && a.code === b.code && a.detail === b.detail;
