import { Inject, Injectable } from '@nestjs/common';
import { IsNull, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import { type ActiveList, topics } from '../../../devices/protocol/index.js';
import { MqttBus } from '../../platform/broker/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import type { OutboxRelay } from '../../platform/outbox/index.js';
import { ActiveListRow, CommandRow } from './command.entity.js';
import { inForce } from './command.queries.js';
import { CommandIssuer } from './command-issuer.js';
import { CommandSender } from './command-sender.js';
import { listOf } from './engine/active.js';
import { ACTIVE_CHANGED } from './outbox-topics.js';

/** A command lives for a day at most; what is in force for longer is said anew before it expires. */
const RENEWED_BEFORE_MS = 3_600_000;

/** Keeps on the broker what is in force in each area: who reconnects inside an emergency joins it, who comes after it stays silent. */
@Injectable()
export class ActiveLists {
  #off: (() => void) | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: MqttBus,
    private readonly keys: KeyRing,
    private readonly sender: CommandSender,
    private readonly issuer: CommandIssuer,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  register(relay: OutboxRelay): void {
    relay.on<{ areaId: string }>(ACTIVE_CHANGED, async ({ payload }) => {
      // Who is there hears the command itself first; the list is for those who are not.
      await this.sender.calm();
      await this.refresh(payload.areaId);
    });
  }

  /** Does not wait for a broker. */
  async start(): Promise<void> {
    this.#off = this.bus.onConnect(() => this.republish());
    if (this.bus.connected) await this.republish();
  }

  async stop(): Promise<void> {
    this.#off?.();
    await this.#turn;
  }

  /** What is over leaves its list. */
  async refreshDue(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const over = await this.database.read((reader) =>
      reader.find(ActiveListRow, { select: { areaId: true }, where: { untilMs: LessThanOrEqual(nowMs) } }),
    );
    for (const { areaId } of over) await this.refresh(areaId);
  }

  /** Makes the list of an area anew, and publishes it if it says something else. */
  async refresh(areaId: string): Promise<void> {
    const changed = await this.database.write(async ({ manager }) => {
      const nowMs = this.clock.nowMs();
      const listed = listOf(await inForce(manager, areaId, nowMs));
      const commandIds = listed.map(({ id }) => id);
      const before = await manager.findOneBy(ActiveListRow, { areaId });
      if ((before?.commandIds ?? []).join() === commandIds.join()) return false;
      const version = Math.max((before?.version ?? 0) + 1, nowMs);
      const ends = listed.map(({ activeUntilMs }) => activeUntilMs);
      await manager.save(ActiveListRow, {
        areaId,
        version,
        commandIds,
        untilMs: ends.length === 0 ? null : Math.min(...ends),
        signed: this.keys.sign('vang-active', {
          v: 1,
          area: areaId,
          version,
          commands: listed.map(({ signed }) => this.keys.renewed('vang-command', signed)),
        }),
      });
      return true;
    });
    // Without a connection it is among those that are published when there is one.
    if (changed && this.bus.connected) await this.#retain(areaId);
  }

  /** A broker that was restarted may have lost everything (the embedded one always has). */
  async republish(): Promise<void> {
    try {
      const lists = await this.database.read((reader) => reader.find(ActiveListRow, { select: { areaId: true } }));
      for (const { areaId } of lists) await this.#retain(areaId);
    } catch (error) {
      this.log.warn({ err: error }, 'lists of what is in force could not be published; tried at the next connection');
    }
  }

  /** A silence of a week is said anew every day: whoever connects on the third day must find one that has not expired. */
  async renew(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const ageing = await this.database.read((reader) =>
      reader.findBy(CommandRow, {
        areaId: Not(IsNull()),
        endedAtMs: IsNull(),
        activeUntilMs: MoreThan(nowMs),
        expiresAtMs: LessThanOrEqual(nowMs + RENEWED_BEFORE_MS),
      }),
    );
    for (const { id } of ageing)
      await this.database.write(async (tx) => {
        const command = await tx.manager.findOneBy(CommandRow, { id, endedAtMs: IsNull() });
        if (!command || command.activeUntilMs === null || command.activeUntilMs <= command.expiresAtMs) return;
        await this.issuer.end(tx, command);
        const by = command.issuedById && { accountId: command.issuedById, name: command.issuedByName };
        await this.issuer.issue(tx, { ...command, requestKey: `renewal:${id}`, by: by || null });
      });
  }

  /** One at a time, each read when its turn has come: an older list never follows a newer one. */
  #retain(areaId: string): Promise<void> {
    const turn = this.#turn.then(async () => {
      const list = await this.database.read((reader) => reader.findOneBy(ActiveListRow, { areaId }));
      if (!list) return;
      const signed = this.keys.renewed<ActiveList>('vang-active', list.signed, (said) => ({
        ...said,
        commands: said.commands.map((command) => this.keys.renewed('vang-command', command)),
      }));
      await this.bus.publish(topics.area(areaId, 'active'), signed, { qos: 1, retain: true });
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
