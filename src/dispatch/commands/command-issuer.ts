import { Injectable } from '@nestjs/common';
import { type CommandBody, TOPIC_RULES } from '../../../devices/protocol/index.js';
import { Clock } from '../../platform/clock/index.js';
import { insertRow, newId, type WriteTransaction } from '../../platform/database/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { CommandRow } from './command.entity.js';
import { silencesInForce } from './command.queries.js';
import { CommandSender } from './command-sender.js';
import { expiryOf } from './engine/orders.js';
import { ACTIVE_CHANGED, COMMAND_ISSUED } from './outbox-topics.js';

export interface Order {
  readonly requestKey: string;
  readonly body: CommandBody;
  /** One message on this area's topic; null: one for each device. */
  readonly areaId: string | null;
  readonly areaPath: string;
  readonly clusterIds: readonly string[] | null;
  /** Null: the service itself. */
  readonly by: { readonly accountId: string; readonly name: string } | null;
  readonly reason: string;
  /** In force until then; null: of the moment. */
  readonly activeUntilMs: number | null;
}

/** Makes a command: row, signature and messages in the transaction of the deed (invariant 11). Rights are the caller's to check. */
@Injectable()
export class CommandIssuer {
  constructor(
    private readonly keys: KeyRing,
    private readonly outbox: Outbox,
    private readonly sender: CommandSender,
    private readonly clock: Clock,
  ) {}

  /** Whether a message to an area holds this much; else each device gets what is its own. */
  fits(body: CommandBody): boolean {
    // base64url of the body, and of the envelope around it.
    return Math.ceil((JSON.stringify(body).length * 4) / 3) + 1_000 < TOPIC_RULES['area.commands'].maxBytes;
  }

  async issue(tx: WriteTransaction, order: Order): Promise<CommandRow> {
    const { body, areaId, areaPath, clusterIds, by, activeUntilMs } = order;
    const issuedAtMs = this.clock.nowMs();
    const id = newId(issuedAtMs);
    const expiresAtMs = expiryOf(body.kind, issuedAtMs, activeUntilMs);
    const envelope = { v: 1, id, to: { area: areaId }, issuedAt: issuedAtMs, expiresAt: expiresAtMs };
    const row: CommandRow = {
      ...{ id, requestKey: order.requestKey, kind: body.kind, body, areaId, areaPath, clusterIds },
      issuedById: by?.accountId ?? null,
      issuedByName: by?.name ?? 'Vang',
      reason: order.reason,
      ...{ issuedAtMs, expiresAtMs },
      // Signed once for every device of the area.
      signed: areaId === null ? null : this.keys.sign('vang-command', { ...envelope, body }),
      publishedAtMs: null,
      activeUntilMs,
      endedAtMs: null,
    };
    await insertRow(tx.manager, CommandRow, row);
    await this.outbox.add(tx, { topic: COMMAND_ISSUED, payload: { commandId: id } });
    if (areaId !== null && activeUntilMs !== null) await this.#listChanged(tx, areaId);
    // Not by way of the relay: a siren does not wait for whatever else it has to deliver. The relay makes up for a crash.
    tx.afterCommit(() => this.sender.sendNow(row));
    return row;
  }

  /**
   * Silence and resume of an area take the place of what was said of it and of the areas below before.
   * @returns until when the last of those would have been in force; null: there was none
   */
  async endSilences(tx: WriteTransaction, areaPath: string): Promise<number | null> {
    const before = await silencesInForce(tx.manager, { below: areaPath }, this.clock.nowMs());
    for (const command of before) await this.end(tx, command);
    const ends = before.flatMap(({ activeUntilMs }) => activeUntilMs ?? []);
    return ends.length === 0 ? null : Math.max(...ends);
  }

  /** Who was away is told of it no more. */
  async end(tx: WriteTransaction, { id, areaId }: Pick<CommandRow, 'id' | 'areaId'>): Promise<void> {
    await tx.manager.update(CommandRow, { id }, { endedAtMs: this.clock.nowMs() });
    if (areaId !== null) await this.#listChanged(tx, areaId);
  }

  async #listChanged(tx: WriteTransaction, areaId: string): Promise<void> {
    await this.outbox.add(tx, { topic: ACTIVE_CHANGED, payload: { areaId } });
  }
}
