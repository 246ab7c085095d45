import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Options, OptionsError, readOptions } from './options.js';
import { holds, lineOf, summaryOf } from './report.js';
import { examine } from './run.js';

const out = (text: string) => void process.stdout.write(`${text}\n`);
const err = (text: string) => void process.stderr.write(`${text}\n`);

/** 0: no clause failed. 1: one did. 2: the kit cannot run so. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  // With --json standard output is the report alone.
  const say = options.json ? err : out;
  const folder = await mkdtemp(join(tmpdir(), 'vang-conformance-'));
  try {
    const report = await examine({
      ...options,
      folder,
      announce: (claim) => say(words(options, claim)),
      tell: (finding) => say(lineOf(finding)),
    });
    say(`\n${summaryOf(report)}`);
    if (options.json) out(JSON.stringify(report));
    return holds(report) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const words = ({ command }: Options, claim: string): string =>
  command === null ? `Start the controller with this claim (the text of its QR code):\n\n${claim}\n` : `${claim}\n`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  err(error instanceof OptionsError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 2;
}
// A waiting clause of a controller that is gone must not keep the kit alive.
process.exit();
