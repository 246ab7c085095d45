import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MANIFEST, type Manifest } from './manifest.js';
import { type TarFile, tarOf } from './tar.js';

const ENTRY = 'devices/player/main.js';
/** What the player needs beside its own files; ffmpeg is the board's. */
export const PACKAGES = ['mqtt', 'zod'] as const;
/** Never read by the player: types, maps, sources, words, and what is made for browsers. */
const LEFT_OUT =
  /\.d\.[cm]?ts$|\.ts$|\.map$|\.md$|(^|\/)(tests?|examples?|benchmarks?|docs?|\.[^/]*)\/|(^|\/)test\.js$|^mqtt\/dist\/|^zod\/.*\.cjs$/;
const RUNS = /(\.([cm]?js|json)|(^|\/)LICEN[CS]E[^/]*)$/i;

/**
 * Everything that a board needs to run the player.
 * @param built root of the built tree (`dist`)
 * @param modules folder of the installed packages (`node_modules`)
 */
export async function contentsOf(built: string, modules: string): Promise<TarFile[]> {
  const files: TarFile[] = [{ path: 'package.json', bytes: Buffer.from('{"type":"module"}\n') }];
  for (const room of ['devices/player', 'devices/protocol'])
    for (const path of await below(join(built, room)))
      if (path.endsWith('.js') && !/(^|\/)testing\/|\.spec\.js$/.test(path))
        files.push({ path: `${room}/${path}`, bytes: await readFile(join(built, room, path)) });
  for (const place of await closureOf(modules))
    for (const path of await below(join(modules, place)))
      if (RUNS.test(path) && !LEFT_OUT.test(`${place}/${path}`) && !path.startsWith('node_modules/'))
        files.push({ path: `node_modules/${place}/${path}`, bytes: await readFile(join(modules, place, path)) });
  return files;
}

/** Sorted, with its manifest in front. The same files make the same bytes. */
export function bundleOf({ release, name }: Pick<Manifest, 'release' | 'name'>, contents: readonly TarFile[]): Buffer {
  const files = [...contents].sort((a, b) => (a.path < b.path ? -1 : 1));
  const hashes = files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')] as const);
  const stated: Manifest = { v: 1, release, name, entry: ENTRY, files: Object.fromEntries(hashes) };
  const packed = gzipSync(tarOf([{ path: MANIFEST, bytes: Buffer.from(JSON.stringify(stated)) }, ...files]), {
    level: 9,
  });
  // The system on which it was packed (RFC 1952, OS): unknown.
  packed[9] = 255;
  return packed;
}

async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Folders of the packages and of what they need, below `node_modules`, found as Node finds them. */
async function closureOf(modules: string): Promise<string[]> {
  const found = new Set<string>();
  const visit = async (name: string, from: string): Promise<void> => {
    for (let place = from; ; ) {
      const candidate = place === '' ? name : `${place}/node_modules/${name}`;
      const text = await readFile(join(modules, candidate, 'package.json'), 'utf8').catch(() => null);
      if (text !== null) {
        if (found.has(candidate)) return;
        found.add(candidate);
        const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
        for (const needed of Object.keys(dependencies))
          if (!needed.startsWith('@types/')) await visit(needed, candidate);
        return;
      }
      if (place === '') throw new Error(`${name} is not installed`);
      const above = place.lastIndexOf('/node_modules/');
      place = above < 0 ? '' : place.slice(0, above);
    }
  };
  for (const name of PACKAGES) await visit(name, '');
  return [...found].sort();
}
