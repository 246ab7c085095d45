import { describe, expect, test } from '@jest/globals';
import { SILENT } from '../logger.js';
import { Programs, programsOf } from './programs.js';

/** What was asked of the installer, in order; `fails` names what cannot be done. */
function scene(fails?: string) {
  const asked: string[] = [];
  const ask = (what: string) => async (release: number, bundle?: string) => {
    asked.push([what, release, bundle].filter((word) => word !== undefined).join(' '));
    if (what === fails) throw new Error('input/output error');
  };
  const installer = { install: ask('install'), confirm: ask('confirm'), abandon: ask('abandon') };
  const programs = new Programs(installer, { release: 2, name: '1.1.0' }, SILENT);
  let restarts = 0;
  void programs.restart.then(() => {
    restarts += 1;
  });
  const failures: string[] = [];
  const failed = (detail: string) => void failures.push(detail);
  /** What was begun is done: the installer answers at once. */
  const settled = () => new Promise(setImmediate);
  return { programs, asked, failures, failed, settled, restarts: () => restarts };
}
const INSTALL = { type: 'installUpdate', release: 3, name: '1.2.0', sha256: 'a'.repeat(64) } as const;
const CONFIRM = { type: 'confirmUpdate', release: 2 } as const;
const ABANDON = { type: 'abandonUpdate', release: 2 } as const;

describe('a change of the program', () => {
  test('is installed, then another start is asked for; nothing more is changed until then', async () => {
    const { programs, asked, failures, failed, settled, restarts } = scene();
    programs.carryOut(INSTALL, '/assets/a', failed);
    await settled();
    programs.carryOut(CONFIRM, undefined, failed);
    await settled();
    expect([asked, failures, restarts()]).toEqual([['install 3 /assets/a'], [], 1]);
  });

  test('that cannot be installed is told, and this program goes on', async () => {
    const { programs, failures, failed, settled, restarts } = scene('install');
    programs.carryOut(INSTALL, '/assets/a', failed);
    programs.carryOut(INSTALL, undefined, failed);
    await settled();
    expect([failures, restarts()]).toEqual([['input/output error', 'the bundle is not in the store'], 0]);
  });

  test('that does not hold is given up once, also when its mark cannot be taken away', async () => {
    const { programs, asked, failed, settled, restarts } = scene('abandon');
    for (let again = 0; again < 3; again++) programs.carryOut(ABANDON, undefined, failed);
    await settled();
    expect([asked, restarts()]).toEqual([['abandon 2'], 1]);
  });

  test('whose confirmation a power cut took is confirmed at the next boot; no other is', async () => {
    for (const [release, state, expected] of [
      [2, 'healthy', ['confirm 2']],
      [2, 'installing', []],
      [3, 'healthy', []],
    ] as const) {
      const { programs, asked } = scene();
      await programs.booted({ order: { release }, state });
      expect(asked).toEqual(expected);
    }
    const { programs, asked } = scene();
    await programs.booted(null);
    expect(asked).toEqual([]);
  });
});

test('who was not started by a launcher, or not from a bundle, changes nothing', async () => {
  expect(await programsOf(undefined, SILENT)).toBeUndefined();
  expect(await programsOf('/nowhere', SILENT)).toBeUndefined();
});
