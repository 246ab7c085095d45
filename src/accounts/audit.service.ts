import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/index.js';
import { among, insertRow, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { AuditEntry } from './account.entity.js';

@Injectable()
export class Audit {
  constructor(private readonly clock: Clock) {}

  /** Written in the transaction of the deed: neither is there without the other. */
  async add(
    tx: WriteTransaction,
    actor: Pick<Actor, 'accountId' | 'name'> | null,
    deed: {
      readonly action: string;
      readonly subject: string;
      readonly areaPath: string;
      readonly detail?: Record<string, unknown>;
    },
  ): Promise<void> {
    await insertRow(tx.manager, AuditEntry, {
      id: newId(),
      atMs: this.clock.nowMs(),
      accountId: actor?.accountId ?? null,
      actorName: actor?.name ?? 'Vang',
      action: deed.action,
      subject: deed.subject,
      areaPath: deed.areaPath,
      detail: deed.detail ?? {},
    });
  }

  /** Who did `action` to each of these first, by subject; nobody for what is not remembered any more. */
  async doersOf(reader: EntityManager, action: string, subjects: readonly string[]): Promise<Map<string, string>> {
    const entries = await reader
      .createQueryBuilder(AuditEntry, 'entry')
      .where('entry.action = :action', { action })
      .andWhere(...among(reader, 'entry.subject', subjects))
      .orderBy('entry.id', 'DESC')
      .getMany();
    return new Map(entries.map(({ subject, actorName }) => [subject, actorName]));
  }
}
