import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CLAUSES } from '../../devices/conformance/clauses.js';
import { findFfmpeg } from '../../media/index.js';
import { kit } from '../support/conformance-kit.js';
import { packedPlayer } from '../support/packed-player.js';

/** What cannot be tried with a player that fetches by MQTT. Any other clause that is skipped is a fault. */
const SKIPPED = ['assets.range'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-whole-kit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

it('our player, packed as it is put on boards, keeps every clause of the contract', async () => {
  const start = `${process.execPath} ${await packedPlayer(folder)} --claim {claim} --data {data} --sound null`;

  const { path } = await findFfmpeg({});
  const { code, report, said } = await kit(['--json', '--start', start], { VANG_PLAYER_FFMPEG: path });

  const named = (outcome: string) => report?.clauses.filter((each) => each.outcome === outcome).map(({ id }) => id);
  expect({ failed: named('fail'), skipped: named('skipped'), said }).toEqual({ failed: [], skipped: SKIPPED, said });
  expect(report?.clauses.map(({ id }) => id)).toEqual(CLAUSES.map(({ id }) => id));
  expect(code).toBe(0);
}, 400_000);
