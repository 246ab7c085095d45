import { execFile } from 'node:child_process';

/** A program by its absolute path, and its fixed arguments. */
export type Command = readonly [path: string, ...args: string[]];

export type CommandEnd =
  | { readonly ok: true /** The first line of what it printed. */; readonly line: string }
  | { readonly ok: false; readonly problem: string };

export const COMMAND_LIMIT_MS = 2_000;
const MOST_OUTPUT = 4_096;

/**
 * Runs a command that the owner of the machine configured. It takes nothing else: no shell, no argument and no variable comes
 * from a plan, a message or a play (invariant 12). Never rejects; killed after `limitMs`.
 */
export function runCommand([path, ...args]: Command, limitMs = COMMAND_LIMIT_MS): Promise<CommandEnd> {
  return new Promise((done) => {
    const options = {
      shell: false,
      timeout: limitMs,
      killSignal: 'SIGKILL',
      maxBuffer: MOST_OUTPUT,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    } as const;
    execFile(path, args, options, (error, stdout) => {
      if (!error) return done({ ok: true, line: stdout.split('\n', 1)[0]?.trim() ?? '' });
      const why = error.killed ? `killed after ${limitMs} ms` : error.message.split('\n', 1)[0];
      done({ ok: false, problem: `${path}: ${why}` });
    });
  });
}

/** `/usr/bin/pinctrl set 17 op dh`: words between blanks, the first an absolute path. Undefined: not a command. */
export function parseCommand(text: string): Command | undefined {
  const [path, ...args] = text.trim().split(/\s+/);
  // A quote would look as if a shell read it.
  return path?.startsWith('/') && !/["'`\0]/.test(text) ? [path, ...args] : undefined;
}
