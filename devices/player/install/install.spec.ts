import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { encodeClaim } from '../../protocol/index.js';
import { readConfig } from '../config.js';

const folder = 'devices/player/install';
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const ANALYZE = '/usr/bin/systemd-analyze';

describe('the unit', () => {
  const unit = textOf('vang-player.service');

  test('ends the player as it wants to be ended, and leaves alone what only a person can mend', () => {
    expect(unit).toMatch(/^KillMode=mixed$/m);
    expect(unit).toMatch(/^Restart=on-failure$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
    expect(unit).toMatch(/^User=vang$/m);
    expect(unit).toMatch(/^NoNewPrivileges=yes$/m);
  });

  test('starts Node as the memory was measured', () => {
    const flags = /^ExecStart=\/usr\/bin\/node (--\S+) \/opt\/vang\/devices\/player\/update\/launcher\.js /m.exec(
      unit,
    )?.[1];
    const bench = readFileSync('test/bench/start.bench.ts', 'utf8');
    expect(bench).toContain(`NODE_OPTIONS: '${flags}'`);
    expect(unit).toMatch(/^Environment=MALLOC_ARENA_MAX=2$/m);
    expect(bench).toContain("MALLOC_ARENA_MAX: '2'");
  });

  // Where there is no systemd nothing can be asked of it.
  (existsSync(ANALYZE) ? test : test.skip)('is understood by systemd', async () => {
    const copies = await mkdtemp(join(tmpdir(), 'vang-unit-'));
    try {
      for (const name of ['vang-player.service', 'vang-player-stop.service']) {
        // Neither Node nor gpiomon lies on this machine where it does on the board.
        const here = textOf(name).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
        await writeFile(join(copies, name), here.replace(/^Documentation=.*$/m, ''));
      }
      const files = ['vang-player.service', 'vang-player-stop.service'].map((name) => join(copies, name));
      expect(execFileSync(ANALYZE, ['verify', ...files], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe(
        '',
      );
    } finally {
      await rm(copies, { recursive: true });
    }
  });
});

test('every line of the settings that are handed out is one that the player takes', () => {
  const lines = textOf('player.env.example').match(/^#?VANG_PLAYER_\w+=.*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(5);
  const given = Object.fromEntries(lines.map((line) => line.replace(/^#/, '').split(/=(.*)/s).slice(0, 2)));
  const claim = encodeClaim({ url: 'https://loa.example.vn', code: 'abcdefghijklmnop', root: 'ab'.repeat(32) });
  const config = readConfig([], { ...given, VANG_PLAYER_CLAIM: claim });
  expect(config.amplifierOn).toEqual(['/usr/bin/pinctrl', 'set', '17', 'op', 'dh']);
  // A name that the player does not know would be passed over in silence.
  expect(config).toMatchObject({ sound: { kind: 'alsa' }, lineSense: ['/opt/vang/line-sense'], quotaMb: 2_048 });
  expect(config).toMatchObject({ powerSense: ['/opt/vang/power-sense'], signalSense: ['/opt/vang/signal-sense'] });
});
