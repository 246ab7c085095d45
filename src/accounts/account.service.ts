import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import argon2 from 'argon2';
import { type EntityManager, In } from 'typeorm';
import { AreaService } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import type { AccountView, NewAccount, SetupRequest } from './account.api.js';
import { Account, AccountGrant } from './account.entity.js';
import { Audit } from './audit.service.js';
import { rolesThatMay, scopesAbove } from './engine/ability.js';
import { accountProblem } from './problems.js';

/** The smallest memory of those that OWASP rates equal for argon2id: 7 MiB, 5 rounds. For people only: devices have tokens. */
const ARGON2 = { type: argon2.argon2id, memoryCost: 7_168, timeCost: 5, parallelism: 1 } as const;

/** Whether there is such an account already must hold at the commit: two who ask at the same moment are told apart. */
const ONE_AFTER_THE_OTHER = { isolation: 'serializable' } as const;

@Injectable()
export class AccountService {
  #setupCode: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly audit: Audit,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The first start: makes the configured administrator, or prints the code with which one is made. */
  async start(first: { readonly login: string; readonly password: string } | null): Promise<void> {
    if (await this.database.read((reader) => reader.existsBy(Account, {}))) return;
    if (first) {
      await this.#createFirst({ login: first.login.toLowerCase(), password: first.password, name: 'Quản trị' });
      this.log.info({ login: first.login }, 'first administrator created from the configuration');
      return;
    }
    this.#setupCode = randomBytes(18).toString('base64url');
    this.log.warn(
      { setupCode: this.#setupCode },
      'no account yet: open the page or POST /api/setup with this code to create the administrator',
    );
  }

  async setUp(request: SetupRequest): Promise<AccountView> {
    if (!this.#setupCode) throw accountProblem('setup.done');
    const given = Buffer.from(request.code);
    const right = Buffer.from(this.#setupCode);
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw accountProblem('setup.codeWrong');
    const view = await this.#createFirst(request);
    this.#setupCode = null;
    return view;
  }

  async #createFirst(person: {
    readonly login: string;
    readonly password: string;
    readonly name: string;
  }): Promise<AccountView> {
    const passwordHash = await argon2.hash(person.password, ARGON2);
    return this.database.write(async (tx) => {
      if (await tx.manager.existsBy(Account, {})) throw accountProblem('setup.done');
      return this.#insert(tx, {
        ...person,
        passwordHash,
        grants: [{ role: 'administrator', areaId: null, areaPath: '/' }],
      });
    }, ONE_AFTER_THE_OTHER);
  }

  async create(actor: Actor, request: NewAccount): Promise<AccountView> {
    const passwordHash = await argon2.hash(request.password, ARGON2);
    return this.database.write(async (tx) => {
      const grants = await Promise.all(
        request.grants.map(async ({ role, areaId }) => {
          const area = areaId === null ? null : await this.areas.byId(tx, areaId);
          if (areaId !== null && !area) throw accountProblem('account.areaUnknown');
          const areaPath = area?.path ?? '/';
          actor.demand('account.manage', areaPath);
          return { role, areaId, areaPath };
        }),
      );
      if (await tx.manager.existsBy(Account, { login: request.login })) throw accountProblem('account.loginTaken');
      const view = await this.#insert(tx, { ...request, passwordHash, grants });
      await this.audit.add(tx, actor, {
        action: 'account.created',
        subject: view.id,
        areaPath: grants[0]?.areaPath ?? '/',
        detail: { login: view.login },
      });
      return view;
    }, ONE_AFTER_THE_OTHER);
  }

  async #insert(
    tx: WriteTransaction,
    person: {
      login: string;
      name: string;
      passwordHash: string;
      grants: Pick<AccountGrant, 'role' | 'areaId' | 'areaPath'>[];
    },
  ): Promise<AccountView> {
    const id = newId();
    await tx.manager.insert(Account, {
      id,
      login: person.login,
      name: person.name,
      passwordHash: person.passwordHash,
      disabled: false,
      email: null,
      createdAtMs: this.clock.nowMs(),
    });
    for (const grant of person.grants) await tx.manager.insert(AccountGrant, { id: newId(), accountId: id, ...grant });
    return {
      id,
      login: person.login,
      name: person.name,
      grants: person.grants.map(({ role, areaId }) => ({ role, areaId })),
    };
  }

  async list(actor: Actor): Promise<AccountView[]> {
    const scopes = actor.scopes('account.read');
    return this.database.read(async (reader) => {
      const grants = (await reader.find(AccountGrant)).filter((grant) =>
        scopes.some((scope) => grant.areaPath.startsWith(scope)),
      );
      const accounts = await reader.find(Account, {
        where: { id: In([...new Set(grants.map((grant) => grant.accountId))]) },
        order: { login: 'ASC' },
      });
      return accounts.map((account) =>
        viewOf(
          account,
          grants.filter((grant) => grant.accountId === account.id),
        ),
      );
    });
  }

  /** The account if the password is right. A wrong login costs the same time as a wrong password. */
  async verify(login: string, password: string): Promise<Account | null> {
    const account = await this.database.read((reader) =>
      reader.findOneBy(Account, { login: login.trim().toLowerCase() }),
    );
    const hash = account?.passwordHash ?? (await DECOY);
    const right = await argon2.verify(hash, password);
    return account && right && !account.disabled ? account : null;
  }

  async me(actor: Actor): Promise<{ accountId: string; name: string; email: string | null }> {
    const account = await this.database.read((reader) => reader.findOneBy(Account, { id: actor.accountId }));
    return { accountId: actor.accountId, name: actor.name, email: account?.email ?? null };
  }

  async setEmail(actor: Actor, email: string | null) {
    await this.database.write(async (tx) => {
      await tx.manager.update(Account, { id: actor.accountId }, { email });
      // The address itself stays out: the audit log is read by more people than the account.
      const action = email === null ? 'account.emailRemoved' : 'account.emailSet';
      await this.audit.add(tx, actor, { action, subject: actor.accountId, areaPath: '/' });
    });
    return this.me(actor);
  }

  /**
   * Everybody whose grants allow `action` at `areaPath`, with the path of the grant that does; who holds several is there
   * several times. Disabled accounts never.
   */
  async whoMay(
    reader: EntityManager,
    action: string,
    areaPath: string,
  ): Promise<{ accountId: string; scopePath: string }[]> {
    const roles = rolesThatMay(action);
    if (roles.length === 0) return [];
    const grants = await reader
      .createQueryBuilder(AccountGrant, 'holding')
      .innerJoin(Account, 'account', 'account.id = holding.accountId AND account.disabled = :disabled', {
        disabled: false,
      })
      .where('holding.role IN (:...roles)', { roles })
      .andWhere('holding.areaPath IN (:...scopes)', { scopes: scopesAbove(areaPath) })
      .orderBy('holding.accountId')
      .getMany();
    return grants.map(({ accountId, areaPath: scopePath }) => ({ accountId, scopePath }));
  }

  /** Of these accounts, those that are not disabled. */
  async reachable(
    reader: EntityManager,
    accountIds: readonly string[],
  ): Promise<{ id: string; name: string; email: string | null }[]> {
    const accounts = await reader.findBy(Account, { id: In([...accountIds]), disabled: false });
    return accounts.map(({ id, name, email }) => ({ id, name, email }));
  }

  async withGrants(
    reader: EntityManager,
    accountId: string,
  ): Promise<{ account: Account; grants: AccountGrant[] } | null> {
    const account = await reader.findOneBy(Account, { id: accountId });
    if (!account || account.disabled) return null;
    return { account, grants: await reader.findBy(AccountGrant, { accountId }) };
  }
}

const DECOY = argon2.hash(randomBytes(16).toString('hex'), ARGON2);

export function viewOf(account: Account, grants: readonly AccountGrant[]): AccountView {
  return {
    id: account.id,
    login: account.login,
    name: account.name,
    grants: grants.map(({ role, areaId }) => ({ role, areaId })),
  };
}
