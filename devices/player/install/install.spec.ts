import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { encodeClaim } from '../../protocol/index.js';
import { readConfig } from '../config.js';

const folder = 'devices/player/install';
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const PAGE = readFileSync('docs/raspberry-pi.md', 'utf8');
const UNITS = readdirSync(folder).filter((name) => /\.(service|path)$/.test(name));
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
      for (const name of UNITS) {
        // Neither Node nor gpiomon lies on this machine where it does on the board.
        const here = textOf(name).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
        await writeFile(join(copies, name), here.replace(/^Documentation=.*$/m, ''));
      }
      const files = UNITS.map((name) => join(copies, name));
      expect(execFileSync(ANALYZE, ['verify', ...files], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe(
        '',
      );
    } finally {
      await rm(copies, { recursive: true });
    }
  });
});

/** The settings that are handed out, with those that are commented out. */
function given(): Record<string, string> {
  const lines = textOf('player.env.example').match(/^#?VANG_PLAYER_\w+=.*$/gm) ?? [];
  return Object.fromEntries(lines.map((line) => line.replace(/^#/, '').split(/=(.*)/s).slice(0, 2)));
}

describe('a reboot that the service orders', () => {
  const path = /^PathExists=(\S+)$/m.exec(textOf('vang-player-reboot.path'))?.[1] ?? '';

  test('is a file that the player may write and that no restart leaves behind', () => {
    const unit = textOf('vang-player.service');
    const runtime = /^RuntimeDirectory=(\S+)$/m.exec(unit)?.[1];
    expect(unit).not.toMatch(/^RuntimeDirectoryPreserve/m);
    expect(path).toBe(`/run/${runtime}/reboot`);
    const { VANG_PLAYER_CLAIM: _, ...settings } = given();
    expect(readConfig([], settings).reboot).toEqual(['/usr/bin/touch', path]);
    // Handed out as it stands: a board that is set up by the page obeys.
    expect(textOf('player.env.example')).toMatch(/^VANG_PLAYER_REBOOT=/m);
  });

  test('is carried out once: the file is gone before the board restarts', () => {
    const [before, now] = [/^ExecStartPre=(.*)$/m, /^ExecStart=(.*)$/m].map(
      (line) => line.exec(textOf('vang-player-reboot.service'))?.[1],
    );
    expect([before, now]).toEqual([`/usr/bin/rm -f ${path}`, '/usr/bin/systemctl reboot']);
  });
});

describe('the page', () => {
  test('packs every file that it installs, and the page itself, where the unit says that it is', async () => {
    const there = await mkdtemp(join(tmpdir(), 'vang-install-'));
    try {
      const pack = /^tar czf vang-install\.tgz ((?:.*\\\n)*.*)$/m.exec(PAGE)?.[1]?.replace(/\\\n/g, ' ') ?? '';
      const packed = join(there, 'vang-install.tgz');
      execFileSync('tar', ['czf', packed, ...pack.split(/\s+/)]);
      const files = execFileSync('tar', ['tzf', packed], { encoding: 'utf8' }).trim().split('\n');
      expect(files.sort()).toEqual([...UNITS, 'player.env.example', 'raspberry-pi.md'].sort());
    } finally {
      await rm(there, { recursive: true });
    }
    expect(textOf('vang-player.service')).toMatch(/^Documentation=file:\/opt\/vang\/raspberry-pi\.md$/m);
    expect(PAGE).toMatch(/tar xzf vang-install\.tgz -C \/opt\/vang /);
  });

  test('is for the Debian whose gpiod the stop button is written for', () => {
    expect(PAGE).toMatch(/Raspberry Pi OS Lite \(64 bit, Debian 13\)/);
    expect(textOf('vang-player-stop.service')).toMatch(
      /^ExecStart=\/usr\/bin\/gpiomon .*--edges=falling .*--chip=gpiochip0 27$/m,
    );
    expect(PAGE).toContain('gpiomon --num-events=1 --falling-edge --bias=pull-up gpiochip0 27');
  });
});

test('every line of the settings that are handed out is one that the player takes', () => {
  const settings = given();
  expect(Object.keys(settings).length).toBeGreaterThan(5);
  const claim = encodeClaim({ url: 'https://loa.example.vn', code: 'abcdefghijklmnop', root: 'ab'.repeat(32) });
  const config = readConfig([], { ...settings, VANG_PLAYER_CLAIM: claim });
  expect(config.amplifierOn).toEqual(['/usr/bin/pinctrl', 'set', '17', 'op', 'dh']);
  // A name that the player does not know would be passed over in silence.
  expect(config).toMatchObject({ sound: { kind: 'alsa' }, lineSense: ['/opt/vang/line-sense'], quotaMb: 2_048 });
  expect(config).toMatchObject({ powerSense: ['/opt/vang/power-sense'], signalSense: ['/opt/vang/signal-sense'] });
});
