import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import argon2 from 'argon2';
import { IsNull, LessThan, MoreThan } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { defineNotices, Notices } from '../../notices/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { CommandCode } from './command.entity.js';
import { commandProblem } from './problems.js';

/** OWASP's smallest for argon2id, as for passwords: with five attempts in five minutes it guards the table, not the door. */
const ARGON2 = { type: argon2.argon2id, memoryCost: 7_168, timeCost: 5, parallelism: 1 } as const;
const VALID_MS = 5 * 60_000;
const MOST_ATTEMPTS = 5;
/** Each new code gives five new attempts. */
const MOST_CODES = 10;
const WINDOW_MS = 3_600_000;

const codeNotice = defineNotices({
  'command.code': {
    vi: {
      title: 'Mã xác nhận {code}: {command}',
      body: 'Nhập mã {code} để xác nhận lệnh «{command}» tại {area}. Không đưa mã này cho ai. Nếu không phải anh/chị ra lệnh, hãy đổi mật khẩu ngay.',
    },
    en: {
      title: 'Code {code}: {command}',
      body: 'Enter {code} to confirm «{command}» at {area}. Give it to nobody. If you did not give this command, change your password now.',
    },
    urgent: true,
  },
});

/** The exact command that a code is for. */
export interface Confirmed {
  readonly fingerprint: string;
  readonly areaPath: string;
  /** For the person who reads the message. */
  readonly command: string;
  readonly area: string;
}

/** One-time passwords for dangerous commands: sent to the person's inbox, e-mail and telephone, never in an answer of HTTP. */
@Injectable()
export class CommandCodes {
  constructor(
    private readonly database: Database,
    private readonly notices: Notices,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Sends a new code, which ends the one before for the same command. */
  async send(actor: Actor, confirmed: Confirmed): Promise<void> {
    const { fingerprint, areaPath, command, area } = confirmed;
    const { accountId } = actor;
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const codeHash = await argon2.hash(code, ARGON2);
    await this.database.write(async (tx) => {
      const nowMs = this.clock.nowMs();
      const lately = await tx.manager.countBy(CommandCode, { accountId, createdAtMs: MoreThan(nowMs - WINDOW_MS) });
      if (lately >= MOST_CODES) throw commandProblem('command.tooManyCodes', { minutes: WINDOW_MS / 60_000 });
      for (const { id } of await tx.manager.findBy(CommandCode, { accountId, fingerprint, usedAtMs: IsNull() }))
        await this.#spend(tx, id);
      const id = newId(nowMs);
      const expiresAtMs = nowMs + VALID_MS;
      const row = { id, accountId, fingerprint, codeHash, attempts: 0, createdAtMs: nowMs, expiresAtMs };
      await tx.manager.insert(CommandCode, { ...row, usedAtMs: null });
      await this.notices.tell(tx, {
        ...codeNotice('command.code', { code, command, area }),
        key: keyOf(id),
        to: { accountIds: [accountId] },
        link: '/dieu-khien',
        areaPath,
        dueAtMs: expiresAtMs,
      });
      await this.audit.add(tx, actor, {
        action: 'command.codeSent',
        subject: fingerprint,
        areaPath,
        detail: { command },
      });
    });
  }

  /**
   * Checks a code; each try counts, right or wrong.
   * @returns spends the code, in the transaction of the command: false when somebody else just did
   */
  async check(actor: Actor, { fingerprint, areaPath, command }: Confirmed, otp: string): Promise<Spend> {
    const { accountId } = actor;
    const code = await this.database.write(async ({ manager }) => {
      const where = { accountId, fingerprint, usedAtMs: IsNull(), expiresAtMs: MoreThan(this.clock.nowMs()) };
      const open = await manager.findOne(CommandCode, { where, order: { id: 'DESC' } });
      if (!open) return null;
      // Counted before it is looked at: a hundred at once are no hundred attempts.
      const taken = await manager.increment(
        CommandCode,
        { id: open.id, usedAtMs: IsNull(), attempts: LessThan(MOST_ATTEMPTS) },
        'attempts',
        1,
      );
      return taken.affected ? open : null;
    });
    if (!code) throw commandProblem('command.codeInvalid');
    if (!(await argon2.verify(code.codeHash, otp))) {
      const left = MOST_ATTEMPTS - code.attempts - 1;
      await this.database.write(async (tx) => {
        if (left === 0) await this.#spend(tx, code.id);
        await this.audit.add(tx, actor, {
          ...{ action: 'command.codeWrong', subject: fingerprint, areaPath },
          detail: { command, left },
        });
      });
      throw commandProblem('command.codeWrong', { left });
    }
    return (tx) => this.#spend(tx, code.id);
  }

  /** Codes that nobody can use any more, and the messages that carried them. */
  async forgetOld(): Promise<void> {
    await this.database.write(async (tx) => {
      const nowMs = this.clock.nowMs();
      for (const { id } of await tx.manager.findBy(CommandCode, {
        usedAtMs: IsNull(),
        expiresAtMs: LessThan(nowMs),
      }))
        await this.#spend(tx, id);
      await tx.manager.delete(CommandCode, { createdAtMs: LessThan(nowMs - WINDOW_MS) });
    });
  }

  async #spend(tx: WriteTransaction, id: string): Promise<boolean> {
    const { affected } = await tx.manager.update(
      CommandCode,
      { id, usedAtMs: IsNull() },
      { usedAtMs: this.clock.nowMs() },
    );
    // The message holds what the table here only holds as a hash.
    await this.notices.forget(tx, keyOf(id));
    return affected === 1;
  }
}

export type Spend = (tx: WriteTransaction) => Promise<boolean>;

const keyOf = (id: string): string => `command.code:${id}`;
