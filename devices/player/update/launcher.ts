import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { nodeDisk } from './disk.js';
import { type Choice, choose, EXIT_RESTART, Layout } from './layout.js';

/**
 * Starts the player of a home (docs/updates.md): `node launcher.js HOME [the player's own flags]`. It is copied to the board once and never
 * updated, so it is small, knows no other file of the player than `layout` and `disk`, and trusts a version on trial in nothing.
 */

/** The player gives itself up after PROBATION_MS (5 min); one that hangs cannot. */
const PROBATION_MS = Number(process.env.VANG_LAUNCHER_PROBATION_MS) || 6 * 60_000;
const KILL_AFTER_MS = 10_000;
/** So many restarts that were asked for within so long are a fault, and the system that started us waits between its tries. */
const MOST_RESTARTS = 8;
const RESTARTS_WITHIN_MS = 60_000;
const PERSON_MUST_ACT = 2;

const [home = '', ...flags] = process.argv.slice(2);
const layout = new Layout(resolve(home), nodeDisk);
let child: ChildProcess | null = null;
let asked: NodeJS.Signals | null = null;

function say(event: string, detail: object): void {
  const line = { at: new Date().toISOString(), level: 'info', event: `launcher.${event}`, ...detail };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const)
  process.on(signal, () => {
    if (signal !== 'SIGUSR2') asked = signal;
    child?.kill(signal);
  });

/** The version's exit code; that of one that a signal ended is 1. */
async function run({ release, entry, onTrial }: Choice): Promise<number> {
  say('start', { release, onTrial });
  const started = spawn(process.execPath, [...process.execArgv, entry, ...flags], {
    stdio: 'inherit',
    env: { ...process.env, VANG_PLAYER_HOME: layout.home },
  });
  child = started;
  // Asked to end in the moment in which there was nobody to pass it on to.
  if (asked) started.kill(asked);
  const ended = Promise.race([
    once(started, 'exit').then(([code]) => (typeof code === 'number' ? code : 1)),
    once(started, 'error').then(() => 1),
  ]);
  const probation = onTrial ? setTimeout(() => void giveUp(release, started), PROBATION_MS) : undefined;
  const code = await ended;
  clearTimeout(probation);
  child = null;
  say('end', { release, code });
  return code;
}

async function giveUp(release: number, hanging: ChildProcess): Promise<void> {
  if ((await layout.trial())?.release !== release) return;
  say('giveUp', { release });
  await layout.setTrial(null).catch(() => undefined);
  hanging.kill('SIGTERM');
  const kill = setTimeout(() => hanging.kill('SIGKILL'), KILL_AFTER_MS);
  hanging.once('exit', () => clearTimeout(kill));
}

async function main(): Promise<number> {
  const restarts: number[] = [];
  for (;;) {
    const choice = await choose(layout);
    if (!choice) {
      say('nothing', { home: layout.home, meaning: 'no version of the player is installed here' });
      return PERSON_MUST_ACT;
    }
    const code = await run(choice);
    if (asked) return code;
    if (choice.onTrial && code !== EXIT_RESTART) {
      // What a person must act on first was not so with the version before.
      if (code === PERSON_MUST_ACT) await layout.setTrial(null).catch(() => undefined);
      continue;
    }
    if (code !== EXIT_RESTART) return code;
    const nowMs = performance.now();
    restarts.push(nowMs);
    if (restarts.filter((atMs) => atMs > nowMs - RESTARTS_WITHIN_MS).length > MOST_RESTARTS) return 1;
  }
}

process.exit(await main());
