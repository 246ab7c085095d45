import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';

/** As systemd would: soon after it ended by itself, and not for ever. */
const AGAIN_MS = 300;
const MOST_RESTARTS = 5;
const STOP_MS = 8_000;

/** The controller as a child of the kit: `--start`. Without a shell: the words of the command are its arguments. */
export class ControllerProgram {
  #child: ChildProcess | null = null;
  #wanted = false;
  #said: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** How often it ended by itself. */
  ended = 0;
  #gone: () => void = () => undefined;
  /** Resolves when it has ended by itself and is not started again. */
  readonly gone = new Promise<void>((gone) => {
    this.#gone = gone;
  });

  constructor(
    private readonly command: string,
    private readonly claim: string,
    private readonly data: string,
    /** Started again when it ends by itself. */
    private readonly kept: boolean,
  ) {}

  /** Its last words, for evidence. */
  get said(): readonly string[] {
    return this.#said;
  }

  async start(): Promise<void> {
    await mkdir(this.data, { recursive: true });
    this.#wanted = true;
    this.#spawn();
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** In good order, or not at all. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  #spawn(): void {
    const words = this.command.split(' ').filter((word) => word !== '');
    const [program = '', ...args] = words.map((word) =>
      word.replaceAll('{claim}', this.claim).replaceAll('{data}', this.data),
    );
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const note = (text: Buffer | string) => {
      this.#said = [...this.#said, ...text.toString().split('\n').filter(Boolean)].slice(-20);
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.on('error', ({ message }) => note(message));
    child.on('exit', (code, signal) => {
      if (this.#child === child) this.#child = null;
      if (!this.#wanted) return;
      note(`ended with ${signal ?? code}`);
      this.ended += 1;
      if (this.kept && this.ended <= MOST_RESTARTS) this.#timer = setTimeout(() => this.#spawn(), AGAIN_MS);
      else this.#gone();
    });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    const unwilling = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill(signal);
    await closed;
    clearTimeout(unwilling);
  }
}
