import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built tree, from itself and from the sources (specs). */
const BUILT = new URL(import.meta.url.includes('/dist/') ? '../' : '../dist/', import.meta.url);

type Line = Readonly<Record<string, unknown>>;

/** A program of the built tree that speaks in JSON lines. Ended by its own id, never by name. */
export class Program extends EventEmitter<{ line: [Line]; exit: [number | null] }> {
  readonly #child: ChildProcessWithoutNullStreams;
  #last: string[] = [];

  /** @param script path below the built root, e.g. `src/main.js` */
  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    super();
    // Many devices, each with its own wait.
    this.setMaxListeners(0);
    this.#child = spawn(process.execPath, [fileURLToPath(new URL(script, BUILT)), ...args], {
      env: { ...process.env, ...environment },
      stdio: 'pipe',
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface({ input: stream }).on('line', (text) => {
        this.#last = [...this.#last.slice(-20), text];
        const line = parse(text);
        if (line) this.emit('line', line);
      });
    this.#child.on('exit', (code) => this.emit('exit', code));
    this.#child.stdin.on('error', () => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(command: object): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** The first line that fits, from now on. Fails with the program's last words if it ends before. */
  waitFor(fits: (line: Line) => boolean, what: string, withinMs: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        this.off('line', onLine).off('exit', onExit);
      };
      const fail = (why: string) => {
        leave();
        reject(new Error(`${what}: ${why}\n${this.#last.join('\n')}`));
      };
      const timer = setTimeout(() => fail(`nothing within ${withinMs / 1000} s`), withinMs);
      const onExit = (code: number | null) => fail(`the program ended with ${code}`);
      const onLine = (line: Line) => {
        if (!fits(line)) return;
        leave();
        resolve(line);
      };
      this.on('line', onLine).on('exit', onExit);
    });
  }

  /** Asks it to end; kills it if it does not. */
  async stop(withinMs = 15_000): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), withinMs);
    this.#child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }

  /** As a power cut would: at once. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** Peak resident memory in MiB; null where the kernel does not say. */
  async peakMemoryMb(): Promise<number | null> {
    try {
      const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
      const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
      return kib === undefined ? null : Math.round(Number(kib) / 1024);
    } catch {
      return null;
    }
  }
}

function parse(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Line) : null;
  } catch {
    return null;
  }
}
