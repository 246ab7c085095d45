import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder goes with its run; where PostgreSQL is part of it, the keeper removes it when the server has ended (databases.ts). */
export default function end() {
  const folder = process.env.VANG_TEST_FOLDER;
  process.env.TMPDIR = dirname(folder);
  if (!existsSync(join(folder, 'postgres'))) rmSync(folder, { recursive: true, force: true });
}
