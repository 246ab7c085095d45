import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleOf, contentsOf } from './contents.js';

/** `node dist/devices/player/update/bundle.js --release 2 --name 1.1.0 --out player-2.tar.gz`, in a built checkout. */
const { values } = parseArgs({
  options: {
    release: { type: 'string' },
    name: { type: 'string' },
    out: { type: 'string' },
    modules: { type: 'string', default: 'node_modules' },
  },
});
const release = Number(values.release);
if (!Number.isSafeInteger(release) || release < 1 || !values.name || !values.out) {
  process.stderr.write('--release NUMBER --name NAME --out FILE.tar.gz [--modules node_modules]\n');
  process.exit(2);
}
const built = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const bundle = bundleOf({ release, name: values.name }, await contentsOf(built, resolve(values.modules)));
await writeFile(values.out, bundle);
process.stdout.write(
  `${values.out}: ${bundle.length} bytes, SHA-256 ${createHash('sha256').update(bundle).digest('hex')}\n`,
);
