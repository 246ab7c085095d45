import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clausesNamed } from '../../devices/conformance/clauses.js';
import { examine, type Report } from '../../devices/conformance/run.js';
import { TWISTS, type Twist, twisted } from '../conformance/twists.js';
import { someOf } from '../support/long.js';

const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));
const BROKEN = join(BUILT, 'test/conformance/broken-player.js');
/** `npm run test:long` examines them all. */
const EXAMINED = someOf(TWISTS, 2);
/** They wait most of the time. */
const AT_A_TIME = 5;

async function examined(folder: string, { name, keeps, breaks }: Twist): Promise<Report> {
  const clauses = clausesNamed(['play.volume', ...keeps, ...breaks]);
  if (!clauses) throw new Error(`${name} names a clause that there is not`);
  return await examine({
    profile: 'full',
    host: '127.0.0.1',
    httpPort: 0,
    mqttPort: 0,
    clauses,
    command: `${process.execPath} ${BROKEN} ${name} --claim {claim} --data {data} --sound null`,
    folder: join(folder, name),
    announce: () => undefined,
  });
}

/** A clause that no broken controller fails proves nothing. */
describe('a controller that is broken at one place', () => {
  let folder: string;
  const reports = new Map<string, Report>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-broken-'));
    const waiting = [...EXAMINED].reverse();
    const lane = async () => {
      for (let twist = waiting.shift(); twist; twist = waiting.shift())
        reports.set(twist.name, await examined(folder, twist));
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  }, 400_000);

  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it.each(EXAMINED.map((twist) => [twist.name, twist] as const))('%s', (name, twist) => {
    const { breaks } = twist;
    expect(() => twisted(readFileSync(join(BUILT, 'devices', twist.module), 'utf8'), twist)).not.toThrow();
    const findings = reports.get(name)?.clauses ?? [];
    const failed = findings.filter(({ outcome }) => outcome === 'fail');
    const named = failed.map(({ id, reason }) => `${id}: ${reason}`).join('\n');
    expect({ failed: failed.map(({ id }) => id).sort(), named }).toEqual({ failed: [...breaks].sort(), named });
    expect(findings.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
  });

  it('is not examined at all when the twist no longer fits the player', () => {
    const twist = { name: 'gone', from: 'nowhere', to: '' };
    expect(() => twisted('the program has changed', twist)).toThrow('the twist gone fits 0 times');
  });
});
