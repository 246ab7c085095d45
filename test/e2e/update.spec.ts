import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { assetOf, playOf, type TestAsset } from '../../devices/player/testing/plans.js';
import { bundleOf, contentsOf, PACKAGES } from '../../devices/player/update/contents.js';
import type { TarFile } from '../../devices/player/update/tar.js';
import { receiptBatch, topics } from '../../devices/protocol/index.js';
import { findFfmpeg } from '../../media/index.js';
import { CLICK_MS, clickAsset } from '../bench/click.js';
import { PoleStandIn } from '../bench/pole-stand-in.js';
import { someOf } from '../support/long.js';

const BUILT = fileURLToPath(new URL('../../dist', import.meta.url));
const MAIN = 'devices/player/main.js';
/** Instead of six minutes: long enough for a start on a busy machine. */
const PROBATION_MS = 10_000;
const WITHIN_MS = 50_000;
const audio = clickAsset();

let folder: string;
let contents: TarFile[];
let ffmpeg: string;
let pole: PoleStandIn;
let plans = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-update-'));
  contents = await contentsOf(BUILT, 'node_modules');
  ({ path: ffmpeg } = await findFfmpeg({}));
});
afterAll(() => rm(folder, { recursive: true }));

/** Release, what is wrong with it, and its program. */
const BROKEN: readonly (readonly [number, string, string])[] = [
  [3, 'ends at once', 'process.exit(1);'],
  [4, 'wants a person', 'process.exit(2);'],
  [5, 'cannot even be read', 'import { nothing } from "./none.js";'],
  [6, 'hangs', 'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1e6);'],
  [7, 'cannot connect', 'process.env.VANG_PLAYER_MQTT_URL = "mqtt://127.0.0.1:1"; await import("./former.js");'],
];

const bundle = (release: number, main?: string): TestAsset => {
  const files = contents.map((file) =>
    file.path === MAIN && main !== undefined ? { path: MAIN, bytes: Buffer.from(main) } : file,
  );
  const former = contents.find(({ path }) => path === MAIN) as TarFile;
  // So that a broken one can be the former one with a fault.
  return assetOf(
    bundleOf({ release, name: `1.${release}.0` }, [
      ...files,
      { path: 'devices/player/former.js', bytes: former.bytes },
    ]),
  );
};

/** A board on which release 1 was installed by hand, running. @returns its home */
async function board(device: string): Promise<string> {
  const home = join(folder, 'home');
  const file = join(folder, 'first.tar.gz');
  await writeFile(file, bundle(1).bytes);
  execFileSync(process.execPath, [join(BUILT, 'devices/player/update/provision.js'), '--release', '1', file, home]);
  pole = await PoleStandIn.enrolled(folder, device);
  pole.launch(home, ['--sound', 'null'], {
    VANG_PLAYER_FFMPEG: ffmpeg,
    VANG_LAUNCHER_PROBATION_MS: String(PROBATION_MS),
  });
  return home;
}

/** What is planned now is played, and its receipt comes. */
async function playsNext(): Promise<void> {
  plans += 1;
  const play = playOf(Date.now() + 3_000, { play: `p-${plans}`, durationMs: CLICK_MS, audio });
  await pole.plan(plans, [play], audio);
  await pole.receipts(plans, WITHIN_MS);
  expect(pole.service.arrived.at(-1)?.receipt).toMatchObject({ play: `p-${plans}`, outcome: 'complete' });
}

const stateNow = () => pole.service.heard.filter(({ topic }) => topic.endsWith('/state')).at(-1)?.message;
const saidBy = (device: string) =>
  pole.service.heard
    .filter(({ topic }) => topic === topics.up(device, 'update'))
    .map(({ message }) => `${message.release} ${message.state}`);
const bootsSeen = () => new Set(pole.service.arrived.map(({ receipt }) => receipt.boot)).size;

const EXAMINED = someOf(BROKEN, 2);

describe('a real player under its launcher', () => {
  const device = 'pole-7';
  let home: string;
  const order = (release: number, bytes: TestAsset) =>
    pole.order({ release, name: `1.${release}.0`, notBeforeMs: Date.now() - 1_000 }, bytes);
  beforeAll(async () => {
    home = await board(device);
    await playsNext();
  });
  afterAll(() => pole.stop());

  it('says what it runs, and that it can be updated', () => {
    const capabilities = expect.arrayContaining(['update']);
    expect(stateNow()).toMatchObject({ firmware: { release: 1, name: '1.1.0' }, capabilities });
  });

  it('takes a signed update over MQTT, shows that it works, and goes on with plan and receipts', async () => {
    await order(2, bundle(2));
    await pole.updated(2, 'healthy', WITHIN_MS);
    await playsNext();
    expect(stateNow()).toMatchObject({ firmware: { release: 2, name: '1.2.0' } });
    expect(saidBy(device)).toEqual(['2 received', '2 downloaded', '2 installing', '2 healthy']);
    expect(await readFile(join(home, 'current', 'manifest.json'), 'utf8')).toContain('"release":2');
    await expect(readFile(join(home, 'trial.json'))).rejects.toThrow('ENOENT');
  });

  test.each(EXAMINED)(
    'release %i, which %s, gives way by itself; the board plays its next play',
    async (release, _, main) => {
      await order(release, bundle(release, main));
      await pole.updated(release, 'rolledBack', WITHIN_MS);
      await playsNext();
      expect(stateNow()).toMatchObject({ firmware: { release: 2 } });
    },
  );

  it('refuses what is no bundle and says why; nothing is stopped for it', async () => {
    const boots = bootsSeen();
    await order(8, assetOf(Buffer.from('no bundle')));
    await pole.updated(8, 'refused', WITHIN_MS);
    const refusal = pole.service.heard.filter(({ topic }) => topic === topics.up(device, 'update')).at(-1);
    expect(refusal?.message.detail).toContain('not a gzip file');
    await playsNext();
    expect(bootsSeen()).toBe(boots);
  });

  it('takes a better one after all of that; its receipts are one chain over all versions', async () => {
    await order(9, bundle(9));
    await pole.updated(9, 'healthy', WITHIN_MS);
    await playsNext();
    const batches = pole.service.batches.map((text) => receiptBatch.parse(JSON.parse(text)));
    for (const [at, batch] of batches.entries()) if (at > 0) expect(batch.previous).toBe(batches[at - 1]?.link);
    const played = pole.service.arrived.map(({ receipt }) => receipt.play);
    expect(played).toEqual(Array.from({ length: plans }, (_, at) => `p-${at + 1}`));
    // The first, each that was taken, and each that gave way.
    expect(bootsSeen()).toBeGreaterThanOrEqual(3 + EXAMINED.length);
    expect((await readdir(join(home, 'versions'))).sort()).toEqual(['2', '9']);
  });
});

test('a launcher with nothing installed says that a person must act', () => {
  const launcher = join(BUILT, 'devices/player/update/launcher.js');
  const run = () => execFileSync(process.execPath, [launcher, join(folder, 'nothing')], { stdio: 'pipe' });
  expect(run).toThrow(expect.objectContaining({ status: 2 }));
});

describe('the bundle', () => {
  it('is the same bytes whenever it is made, and small enough for a SIM card', async () => {
    const again = bundleOf({ release: 5, name: 'x' }, (await contentsOf(BUILT, 'node_modules')).reverse());
    expect(again.equals(bundleOf({ release: 5, name: 'x' }, contents))).toBe(true);
    expect(again.length).toBeLessThan(2_000_000);
  });

  it('carries every package that its files name, and nothing for specs', () => {
    const own = contents.filter(({ path }) => path.startsWith('devices/'));
    const named = own.flatMap(({ bytes }) => [
      ...Buffer.from(bytes)
        .toString()
        .matchAll(/ from ['"]((?!node:)[^.'"\n][^'"\n]*)['"];$/gm),
    ]);
    expect([...new Set(named.map(([, name]) => name))].sort()).toEqual([...PACKAGES].sort());
    expect(contents.map(({ path }) => path).filter((path) => /testing|\.spec\.|\.map$|\.d\.ts$/.test(path))).toEqual(
      [],
    );
  });
});
