import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { insertRow, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Confirmation, type ConfirmationSession } from './confirmation.entity.js';
import { judgeAnswer } from './engine/giving.js';
import type { Answer } from './engine/sessions.js';
import { confirmationProblem } from './problems.js';
import { SessionService } from './session.service.js';

export interface Saying {
  readonly kind: Confirmation['kind'];
  readonly answer: Answer;
  readonly byId: string;
  readonly byName: string;
  readonly toldBy: string | null;
  /** How many answers the person had before their eyes; null: not said. */
  readonly seen: number | null;
  /** Null: somebody without an account. */
  readonly actor: Actor | null;
}

/** Writes answers down, whoever gives them. */
@Injectable()
export class AnswerBook {
  constructor(
    private readonly sessions: SessionService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /**
   * To be called in a serializable transaction: two phones at the same moment.
   * @returns the answers of this kind to the session, the one in force last
   */
  async give(tx: WriteTransaction, session: ConfirmationSession, saying: Saying): Promise<Confirmation[]> {
    const { kind, answer, byId, byName, toldBy } = saying;
    const nowMs = this.clock.nowMs();
    const where = { sessionId: session.id, kind };
    const given = await tx.manager.find(Confirmation, { where, order: { n: 'ASC' } });
    const verdict = judgeAnswer(given, saying, nowMs);
    if (verdict === 'same') return given;
    if (verdict === 'stale') throw confirmationProblem('confirmations.changed');
    if (verdict === 'another') throw confirmationProblem('confirmations.another');
    if (verdict === 'fixed') throw confirmationProblem('confirmations.fixed');
    await this.sessions.keep(tx, session);
    const last = given.at(-1);
    if (last) await tx.manager.update(Confirmation, { id: last.id }, { supersededAtMs: nowMs });
    const row: Confirmation = {
      ...{ id: newId(), ...where, n: given.length + 1 },
      ...{ answer, atMs: nowMs, byId, byName, toldBy, supersededAtMs: null, archive: null },
    };
    await insertRow(tx.manager, Confirmation, row);
    await this.audit.add(tx, saying.actor, {
      action: verdict === 'first' ? 'confirmations.answered' : 'confirmations.corrected',
      subject: session.id,
      areaPath: session.areaPath,
      detail: { kind, answer, byName, toldBy },
    });
    return [...given.map((each) => (each === last ? { ...each, supersededAtMs: nowMs } : each)), row];
  }

  /** By session, in the order in which they were given. */
  async of(reader: EntityManager, sessionIds: readonly string[]): Promise<ReadonlyMap<string, Confirmation[]>> {
    const answers = new Map<string, Confirmation[]>();
    if (sessionIds.length === 0) return answers;
    const where = { sessionId: In([...sessionIds]) };
    for (const row of await reader.find(Confirmation, { where, order: { kind: 'ASC', n: 'ASC' } }))
      answers.set(row.sessionId, [...(answers.get(row.sessionId) ?? []), row]);
    return answers;
  }
}
