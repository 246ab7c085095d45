import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CLAUSES } from '../../devices/conformance/clauses.js';
import { bundleOf, contentsOf } from '../../devices/player/update/contents.js';
import { nodeDisk } from '../../devices/player/update/disk.js';
import { Installer } from '../../devices/player/update/installer.js';
import { Layout } from '../../devices/player/update/layout.js';
import { findFfmpeg } from '../../media/index.js';
import { BUILT, kit } from '../support/conformance-kit.js';

/** What cannot be tried with a player that fetches by MQTT and loses no token. Any other clause that is skipped is a fault. */
const SKIPPED = ['enrol.token', 'assets.range'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-whole-kit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

it('our player, packed as it is put on boards, keeps every clause of the contract', async () => {
  const bundle = join(folder, 'player.tar.gz');
  await writeFile(bundle, bundleOf({ release: 1, name: '1.0.0' }, await contentsOf(BUILT, 'node_modules')));
  const home = join(folder, 'home');
  await nodeDisk.makeFolder(home);
  await new Installer(new Layout(home, nodeDisk)).unpack(1, bundle);
  const player = join(home, 'versions/1/devices/player/main.js');
  const start = `${process.execPath} ${player} --claim {claim} --data {data} --sound null`;

  const { path } = await findFfmpeg({});
  const { code, report, said } = await kit(['--json', '--start', start], { VANG_PLAYER_FFMPEG: path });

  const named = (outcome: string) => report?.clauses.filter((each) => each.outcome === outcome).map(({ id }) => id);
  expect({ failed: named('fail'), skipped: named('skipped'), said }).toEqual({ failed: [], skipped: SKIPPED, said });
  expect(report?.clauses.map(({ id }) => id)).toEqual(CLAUSES.map(({ id }) => id));
  expect(code).toBe(0);
}, 400_000);
