import { existsSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SILENT } from '../../logger.js';
import { commandRelay } from './amplifier.js';
import { type Command, parseCommand, runCommand } from './command.js';
import { commandMeter } from './line-sense.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-command-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function program(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('a command of the machine', () => {
  test('its words are separated by blanks, and the first is an absolute path', () => {
    expect(parseCommand(' /usr/bin/pinctrl  set 17 op dh ')).toEqual(['/usr/bin/pinctrl', 'set', '17', 'op', 'dh']);
  });

  test.each(['', 'pinctrl set 17', './relay', '/bin/sh -c "echo"', "/bin/sh -c 'x'", '/bin/a `b`', '/bin/a\0b'])(
    '%j is none',
    (text) => expect(parseCommand(text)).toBeUndefined(),
  );

  test('gets its arguments as they are: no shell reads them', async () => {
    const args = await program('args', 'printf "%s|" "$@"');
    const trap = join(folder, 'trap');
    const end = await runCommand([args, '$(id)', `;touch ${trap}`, '*', '&& reboot']);
    expect(end).toEqual({ ok: true, line: `$(id)|;touch ${trap}|*|&& reboot|` });
    expect(existsSync(trap)).toBe(false);
  });

  test('inherits nothing of the player but a plain PATH', async () => {
    const env = await program('env', 'env | sort | grep -v -e ^PWD -e ^_ -e ^SHLVL -e ^OLDPWD | tr "\\n" ","');
    process.env.VANG_SECRET = 'từ mạng';
    expect(await runCommand([env])).toEqual({
      ok: true,
      line: 'LC_ALL=C,PATH=/usr/sbin:/usr/bin:/sbin:/bin,',
    });
    delete process.env.VANG_SECRET;
  });

  test('one that hangs is killed', async () => {
    const hang = await program('hang', 'exec sleep 60');
    const beganMs = performance.now();
    expect(await runCommand([hang], 200)).toEqual({ ok: false, problem: `${hang}: killed after 200 ms` });
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  });

  test('one that is missing, fails, or never stops talking is a problem, not an exception', async () => {
    const fails = await program('fails', 'exit 3');
    const talks = await program('talks', 'exec yes');
    for (const path of ['/nowhere/relay', fails, talks])
      expect(await runCommand([path])).toMatchObject({ ok: false, problem: expect.stringContaining(path) });
  });
});

describe('relay and line sense as commands', () => {
  test('the relay tells what went wrong, and nothing when it obeyed', async () => {
    const good: Command = [await program('good', 'exit 0')];
    const bad: Command = [await program('bad', 'exit 1')];
    const relay = commandRelay(good, bad);
    expect(await relay.on()).toBeNull();
    expect(await relay.off()).toContain('bad');
  });

  test.each([
    ['echo 1', 1],
    ['echo 0', 0],
    ['echo " 37.5 "; echo more', 37.5],
    ['echo -0.2', -0.2],
    ['echo on', null],
    ['true', null],
    ['echo 1; exit 1', null],
  ])('a sense that does %j says %j', async (body, level) => {
    expect(await commandMeter([await program('sense', body)], SILENT)()).toBe(level);
  });
});
