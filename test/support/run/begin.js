import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run its own folder for everything temporary, so that nothing is left of it, and its workers may share what is in it. */
export default function begin() {
  const folder = mkdtempSync(join(tmpdir(), 'vang-test-'));
  chmodSync(folder, 0o755); // started as root, PostgreSQL and Mosquitto read theirs as another user
  Object.assign(process.env, { TMPDIR: folder, VANG_TEST_FOLDER: folder, VANG_TEST_RUN: String(process.pid) });
}
