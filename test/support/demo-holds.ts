import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byCommand, byPage } from './demo-pack-holds.js';

/**
 * Runs `demo --once --json` and holds its figures against what is asked (docs/benchmarks.md). `--fault offline=1` is the
 * other way round: exactly one hamlet's cells are unknown and the line is not done. The evidence pack of the line is verified by the
 * command and by `verify.html` in Chromium.
 */
const faults = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'vang-demo-pack-'));
const pack = join(folder, 'ho-so.zip');
const run = spawnSync(process.execPath, ['dist/demo/run.js', '--once', '--json', '--pack', pack, ...faults], {
  encoding: 'utf8',
  timeout: 300_000,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const last = run.stdout.trim().split('\n').at(-1) ?? '';
process.stdout.write(`${last}\n`);

const offline = faults.length > 0 ? 1 : 0;
const complete = 1_900 - offline * 20;
const figures = JSON.parse(last || '{}') as Record<string, number | boolean>;
const verdict = byCommand(pack);
const page = await byPage(pack);
rmSync(folder, { recursive: true, force: true });
const checks: Readonly<Record<string, boolean>> = {
  'exit 0': run.status === 0,
  '1,900 cells': figures.cells === 1_900,
  complete: figures.complete === complete,
  unknown: figures.unknown === offline * 20,
  'nothing partial or not played': figures.partial === 0 && figures.notPlayed === 0,
  done: figures.done === (offline === 0),
  'wavMatch ≥ 0.98': Number(figures.wavMatch) >= 0.98,
  'upload ≤ 1.10 × unique': Number(figures.audioBytesUploadedByServer) <= 1.1 * Number(figures.audioBytesUnique),
  '≤ 240 s': Number(figures.seconds) <= 240,
  '≤ 400 MB': Number(figures.rssMB) <= 400,
  'its pack holds, by the command': verdict.good && verdict.demo,
  'with the result of the coverage': verdict.reached === complete && verdict.done === (offline === 0),
  'and by verify.html, as a demonstration': page === null || /HỒ SƠ ĐÚNG/.test(page),
};
const broken = Object.entries(checks).filter(([, holds]) => !holds);
for (const [name] of broken) process.stderr.write(`does not hold: ${name}\n`);
if (broken.length > 0) process.stderr.write(`${verdict.said}\n${page ?? 'no Chromium on this machine'}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
