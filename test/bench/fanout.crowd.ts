import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromClients, Login, ToClients } from './fanout.clients.js';

/** The built tree, from itself and from the sources (specs). */
const CLIENTS = new URL(
  import.meta.url.includes('/dist/') ? './fanout.clients.js' : '../../dist/test/bench/fanout.clients.js',
  import.meta.url,
);
const PROCESSES = 2;
const WITHIN_MS = 60_000;

/** Devices' sockets in processes of their own. */
export class Crowd {
  readonly #children: readonly ChildProcess[];

  constructor() {
    this.#children = Array.from({ length: PROCESSES }, () =>
      fork(fileURLToPath(CLIENTS), [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
  }

  async connect(url: string, logins: readonly Login[], topics: readonly string[]): Promise<void> {
    await this.#ask((at) => ({ kind: 'connect', url, logins: logins.filter((_, i) => i % PROCESSES === at), topics }));
  }

  async freeze(url: string, logins: readonly Login[], topics: readonly string[]): Promise<void> {
    await this.#ask((at) => ({ kind: 'freeze', url, logins: logins.filter((_, i) => i % PROCESSES === at), topics }));
  }

  async thaw(): Promise<void> {
    await this.#ask(() => ({ kind: 'thaw' }));
  }

  /**
   * From the call of `send` until the last socket has what comes on the topic.
   * @returns ms, and how long the message was
   */
  async arrival(topic: string, send: () => Promise<unknown>): Promise<{ readonly ms: number; readonly bytes: number }> {
    await this.#ask(() => ({ kind: 'expect', topic }));
    const arrived = Promise.all(this.#children.map((child) => this.#next(child, 'arrived')));
    const began = process.hrtime.bigint();
    const [answers] = await Promise.all([arrived, send()]);
    // Since the machine began: exact to the microsecond for a century.
    const lastNs = Math.max(...answers.map(({ atNs }) => Number(atNs)));
    return { ms: (lastNs - Number(began)) / 1e6, bytes: answers[0]?.bytes ?? 0 };
  }

  /** How long one device needs to believe the message that came last, ms. */
  async verification(keySet: string, rootPublicKey: string): Promise<number> {
    const [child] = this.#children as [ChildProcess];
    const answer = this.#next(child, 'verified');
    child.send({ kind: 'verify', keySet, rootPublicKey, times: 500 } satisfies ToClients);
    return (await answer).medianMs;
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        if (child.connected) child.send({ kind: 'end' } satisfies ToClients);
        else child.kill('SIGKILL');
        await ended;
      }),
    );
  }

  async #ask(message: (at: number) => ToClients): Promise<void> {
    await Promise.all(
      this.#children.map(async (child, at) => {
        const answer = this.#next(child, 'done');
        child.send(message(at));
        await answer;
      }),
    );
  }

  #next<Kind extends FromClients['kind']>(
    child: ChildProcess,
    kind: Kind,
  ): Promise<Extract<FromClients, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
      };
      const fail = (why: string) => {
        leave();
        reject(new Error(`the clients: ${why} while waiting for "${kind}"`));
      };
      const onMessage = (message: FromClients) => {
        if (message.kind !== kind) return;
        leave();
        resolve(message as Extract<FromClients, { kind: Kind }>);
      };
      const onExit = () => fail('ended');
      const timer = setTimeout(() => fail(`nothing within ${WITHIN_MS / 1_000} s`), WITHIN_MS);
      child.on('message', onMessage).on('exit', onExit);
    });
  }
}
