import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOf, contentsOf } from '../../devices/player/update/contents.js';
import { nodeDisk } from '../../devices/player/update/disk.js';
import { Installer } from '../../devices/player/update/installer.js';
import { Layout } from '../../devices/player/update/layout.js';

const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));

/** The player as it is put on boards, with nothing beside it. @returns the path of its first file */
export async function packedPlayer(folder: string): Promise<string> {
  const bundle = join(folder, 'player.tar.gz');
  await writeFile(bundle, bundleOf({ release: 1, name: '1.0.0' }, await contentsOf(BUILT, 'node_modules')));
  const layout = new Layout(join(folder, 'home'), nodeDisk);
  await nodeDisk.makeFolder(layout.home);
  await new Installer(layout).unpack(1, bundle);
  const entry = await layout.entryOf(1);
  if (entry === null) throw new Error('the bundle has no player');
  return entry;
}
