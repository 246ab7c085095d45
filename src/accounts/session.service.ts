import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { type Actor, httpProblem } from '../platform/http/index.js';
import { Account, AccountGrant, LoginSession } from './account.entity.js';
import { AccountService, viewOf } from './account.service.js';
import { abilityOf, scopesOf } from './engine/ability.js';
import { accountProblem } from './problems.js';

const SESSION_MS = 12 * 3_600_000;
/** Wrong passwords for one login (or from one address, ten times as many) before it must wait. */
const MOST_FAILURES = 8;
const FAILURE_SPAN_MS = 10 * 60_000;

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

@Injectable()
export class SessionService {
  readonly #failures = new Map<string, { count: number; since: number }>();

  constructor(
    private readonly database: Database,
    private readonly accounts: AccountService,
    private readonly clock: Clock,
  ) {}

  async logIn(login: string, password: string, address: string) {
    const marks = [`login ${login.trim().toLowerCase()}`, `address ${address}`] as const;
    if (this.#failed(marks[0]) >= MOST_FAILURES || this.#failed(marks[1]) >= MOST_FAILURES * 10)
      throw accountProblem('login.tooMany', { minutes: FAILURE_SPAN_MS / 60_000 });
    // Counted before the password is looked at: many at the same moment are many attempts.
    for (const mark of marks) this.#noteFailure(mark);
    const account = await this.accounts.verify(login, password);
    if (!account) throw accountProblem('login.wrong');
    this.#failures.delete(marks[0]);
    this.#forgive(marks[1]);
    const token = randomBytes(32).toString('base64url');
    const now = this.clock.nowMs();
    const expiresAtMs = now + SESSION_MS;
    const grants = await this.database.write(async (tx) => {
      await tx.manager.delete(LoginSession, { expiresAtMs: LessThan(now) });
      await tx.manager.insert(LoginSession, {
        tokenSha256: tokenHash(token),
        accountId: account.id,
        createdAtMs: now,
        expiresAtMs,
      });
      return tx.manager.findBy(AccountGrant, { accountId: account.id });
    });
    return { token, expiresAtMs, account: viewOf(account, grants) };
  }

  async logOut(token: string): Promise<void> {
    await this.database.write((tx) => tx.manager.delete(LoginSession, { tokenSha256: tokenHash(token) }));
  }

  /** The person behind a token, or null. Rights are read afresh, so that a taken right ends at once. */
  async actorOf(token: string): Promise<Actor | null> {
    return this.database.read(async (reader) => {
      const session = await reader.findOneBy(LoginSession, { tokenSha256: tokenHash(token) });
      if (!session || session.expiresAtMs < this.clock.nowMs()) return null;
      const found = await this.accounts.withGrants(reader, session.accountId);
      return found ? actorFrom(found.account, found.grants) : null;
    });
  }

  #failed(mark: string): number {
    const entry = this.#failures.get(mark);
    if (!entry || this.clock.nowMs() - entry.since > FAILURE_SPAN_MS) return 0;
    return entry.count;
  }

  #forgive(mark: string): void {
    const known = this.#failures.get(mark);
    if (known) this.#failures.set(mark, { ...known, count: known.count - 1 });
  }

  #noteFailure(mark: string): void {
    const now = this.clock.nowMs();
    const known = this.#failures.get(mark);
    // Bounded: somebody who tries a million logins must not fill the memory.
    if (this.#failures.size > 10_000) this.#failures.clear();
    this.#failures.set(
      mark,
      known && now - known.since <= FAILURE_SPAN_MS ? { ...known, count: known.count + 1 } : { count: 1, since: now },
    );
  }
}

export function actorFrom(
  account: Pick<Account, 'id' | 'name'>,
  grants: readonly Pick<AccountGrant, 'role' | 'areaPath'>[],
): Actor {
  const held = grants.map(({ role, areaPath }) => ({ role, path: areaPath }));
  const ability = abilityOf(held);
  const may = (action: string, path: string) => ability.can(action, { path });
  return {
    accountId: account.id,
    name: account.name,
    may,
    demand: (action, path) => {
      if (!may(action, path)) throw httpProblem('right.missing');
    },
    scopes: (action) => scopesOf(held, action),
  };
}
