import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const FILES = {
  'fails.spec.ts': `
    import { beforeEach, describe, expect, it, test } from '@jest/globals';
    enum Word { Yes = 1 }
    it('holds', () => expect(Word.Yes).toBe(1));
    it('is wrong', () => expect(1).toBe(2));
    it('rejects', () => Promise.reject(new Error('no')));
    it('never ends', () => new Promise(() => {}));
    it('throws where nobody catches', () => new Promise((resolve) => {
      setImmediate(() => { setImmediate(resolve); throw new Error('nobody'); });
    }));
    it('leaves a rejection to nobody', async () => {
      void Promise.reject(new Error('left'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    it('catches a rejection a little late', async () => {
      const late = Promise.reject(new Error('late'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await expect(late).rejects.toThrow('late');
    });
    test.skip('is left out', () => {});
    describe('with a broken beginning', () => {
      beforeEach(() => { throw new Error('broken'); });
      it('does not count', () => {});
    });
  `,
  'ends.spec.ts': `
    import { afterAll, it } from '@jest/globals';
    afterAll(() => { throw new Error('broken end'); });
    it('is over already', () => {});
  `,
  'breaks.spec.ts': `throw new Error('does not load');`,
  'dies.spec.ts': `import { it } from '@jest/globals'; it('dies', () => process.exit(3));`,
  'leaves.spec.ts': `
    import { it } from '@jest/globals';
    // Longer than the other, so that it comes first: files are run by their length, and what is left behind by the last is lost with it.
    it('is over before its error', () => { setTimeout(() => { throw new Error('too late'); }, 30); });
  `,
  'waits.spec.ts': `
    import { it } from '@jest/globals';
    it('only waits', () => new Promise((resolve) => setTimeout(resolve, 60)));
  `,
  'remembers.spec.ts': `
    import { expect, it } from '@jest/globals';
    it.each([1, 2])('is asked for number %i', (n) => expect(n).toBeLessThan(3));
  `,
};

/** Each finds what all files share as it is in a new process, and leaves it changed. */
const CHANGES = `
  import { expect, it, jest } from '@jest/globals';
  it('finds everything as it was', () => {
    expect([process.env.LEFT, process.env.HOME === '', Math.random() < 1, setTimeout.clock]).toEqual([undefined, false, true, undefined]);
    process.env.LEFT = 'behind';
    process.env.HOME = '';
    jest.spyOn(Math, 'random').mockReturnValue(2);
    jest.useFakeTimers();
  });
`;

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runner-'));
  const all = { ...FILES, 'changes-a.spec.ts': CHANGES, 'changes-b.spec.ts': CHANGES };
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text);
  const config = { runner: here('./runner.js'), rootDir: folder, testMatch: ['**/*.spec.ts'], testTimeout: 200 };
  await writeFile(join(folder, 'jest.config.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<{ code: number; report: Report }> {
  const jest = here('../../node_modules/jest/bin/jest.js');
  const all = [jest, '--config', join(folder, 'jest.config.json'), '--json', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { cwd: folder, maxBuffer: 8_000_000 }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), report: JSON.parse(stdout) as Report }),
    );
  });
}

const statuses = ({ testResults }: Report) =>
  Object.fromEntries(
    testResults.flatMap(({ assertionResults }) => assertionResults.map(({ fullName, status }) => [fullName, status])),
  );

it('says of each specification what became of it, and ends non-zero', async () => {
  const { code, report } = await run('fails', 'remembers');
  expect(code).toBe(1);
  expect(statuses(report)).toEqual({
    holds: 'passed',
    'is wrong': 'failed',
    rejects: 'failed',
    'never ends': 'failed',
    'throws where nobody catches': 'failed',
    'leaves a rejection to nobody': 'failed',
    'catches a rejection a little late': 'passed',
    'is left out': 'pending',
    'with a broken beginning does not count': 'failed',
    'is asked for number 1': 'passed',
    'is asked for number 2': 'passed',
  });
  expect(report.testResults.map(({ message }) => message).join()).toMatch(/fails\.spec\.ts:5/);
});

it('a file that does not load, that ends badly, or whose process dies, fails; the others are run', async () => {
  const { code, report } = await run('breaks', 'ends', 'dies', 'remembers');
  expect(code).toBe(1);
  expect(report).toMatchObject({ numFailedTestSuites: 3, numPassedTests: 3 });
});

it('runs what is asked for by name, and ends with zero', async () => {
  const { code, report } = await run('fails', 'remembers', '-t', 'number 2');
  expect([code, report.numPassedTests]).toEqual([0, 1]);
  expect(statuses(report)).toMatchObject({ 'is wrong': 'pending', 'is asked for number 2': 'passed' });
});

it('what a file changed of what all share is put back before the next', async () => {
  const { code, report } = await run('changes', '--maxWorkers=1');
  expect([code, report.numPassedTests]).toEqual([0, 2]);
});

it('an error that comes when its file is over fails whoever runs then', async () => {
  const { code, report } = await run('leaves', 'waits', '--maxWorkers=1');
  expect(code).toBe(1);
  expect(report.testResults.map(({ message }) => message).join()).toContain('too late');
});
