import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeDisk } from './disk.js';
import { Installer } from './installer.js';
import { Layout } from './layout.js';

/** The first program of a board: `node provision.js --release 1 BUNDLE HOME`. Later ones come as orders. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { release: { type: 'string' } } });
const [bundle, home] = positionals;
const release = Number(values.release);
if (!bundle || !home || !Number.isSafeInteger(release) || release < 1) {
  process.stderr.write('--release NUMBER BUNDLE.tar.gz HOME\n');
  process.exit(2);
}
const layout = new Layout(resolve(home), nodeDisk);
const installer = new Installer(layout);
await nodeDisk.makeFolder(layout.home);
await installer.unpack(release, bundle);
await installer.confirm(release);
process.stdout.write(`${layout.home}: release ${release}\n`);
