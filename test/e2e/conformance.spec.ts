import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../devices/conformance/run.js';
import { BUILT, KIT, kit, textOf } from '../support/conformance-kit.js';

const PLAYER = `${process.execPath} ${BUILT}devices/player/main.js --claim {claim} --data {data} --sound null`;

/** The rest takes minutes: `conformance.long.spec.ts` tries every clause. */
const SHORT = [
  ...['first', 'enrol', 'connection', 'tells', 'keys', 'time.nonce', 'identity', 'update'],
  ...['plan.unsigned', 'plan.wrongSignature', 'plan.scope', 'plan.otherDevice', 'plan.older', 'plan.part'],
  ...['assets.single', 'assets.several', 'assets.bitmap', 'assets.corrupt'],
  ...['play.onTime', 'play.latestEnd', 'late.whole', 'preempt.resume'],
  ...['commands.once', 'commands.expired', 'commands.others', 'commands.unsupported', 'commands.stop', 'commands.area'],
  ...['power', 'receipts.one', 'receipts.fields', 'receipts.afterSound', 'receipts.endAfterStart'],
  ...['receipts.chain', 'receipts.signature', 'receipts.sequence', 'robust'],
];

function firstMatch(stream: Readable, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((found) => {
    let all = '';
    stream.on('data', (piece) => {
      all += piece;
      const match = pattern.exec(all);
      if (match && all.indexOf('\n', match.index) >= 0) found(match);
    });
  });
}

describe('the conformance kit, as a maker runs it', () => {
  it('finds nothing wrong with our own player', async () => {
    const { code, report, said } = await kit(['--json', '--only', SHORT.join(','), '--start', PLAYER]);
    expect(report?.clauses.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(report?.device.model).toBe('vang-player');
    expect(report?.clauses.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
    const passed = report?.clauses.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id);
    expect(passed).toEqual(expect.arrayContaining(['enrol.renewal', 'enrol.token']));
    expect(said).toContain('pass  power.partial');
  }, 120_000);

  it('examines a small controller that a person starts, and that pulls its assets over HTTP', async () => {
    const only = 'first,assets,play.volume,power,commands.resume,receipts.chain';
    const child = spawn(process.execPath, [KIT, '--json', '--profile', 'minimum', '--only', only], { stdio: 'pipe' });
    const out = textOf(child.stdout);
    const [claim] = await firstMatch(child.stderr, /VANG1\.[A-Za-z0-9_-]+/);
    const folder = await mkdtemp(join(tmpdir(), 'vang-by-a-person-'));
    const args = [`${BUILT}devices/player/main.js`, '--claim', claim, '--data', folder, '--sound', 'null'];
    const player = spawn(process.execPath, args, {
      env: { ...process.env, VANG_PLAYER_ASSETS: 'http' },
      stdio: 'ignore',
    });
    try {
      const [code] = (await once(child, 'close')) as [number];
      const { clauses } = JSON.parse(await out) as Report;
      const found = new Map(clauses.map(({ id, outcome }) => [id, outcome]));
      expect(clauses.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
      expect(code).toBe(0);
      expect(found.get('assets.range')).toBe('pass');
      expect(found.get('assets.corrupt')).toBe('pass');
      expect(found.get('play.volume')).toBe('pass');
      // Nobody can cut its power, chunks over MQTT are not its way, and the profile leaves out a command.
      for (const id of ['power.partial', 'assets.bitmap', 'commands.resume'])
        expect([id, found.get(id)]).toEqual([id, 'skipped']);
    } finally {
      player.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }, 120_000);

  it('fails every clause of a controller that never enrols', async () => {
    const { code, report } = await kit([
      ...['--json', '--only', 'play.onTime'],
      ...['--start', `${process.execPath} --version {claim}`],
    ]);
    expect(code).toBe(1);
    expect(report?.clauses.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['first.enrols', 'fail'],
      ['play.onTime', 'skipped'],
    ]);
  }, 120_000);

  it.each([
    [['--only', 'dance'], 'first.enrols'],
    [['--profile', 'huge'], '--profile'],
    [['--mqtt', '99999'], '--mqtt'],
    [['--start', 'player'], '{claim}'],
    [['--loud'], '--loud'],
  ])('says what is wrong with %j and examines nothing', async (args, word) => {
    const { code, report, said } = await kit(args);
    expect([code, report]).toEqual([2, null]);
    expect(said).toContain(word);
  });
});
