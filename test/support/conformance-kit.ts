import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../devices/conformance/run.js';

export const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));
export const KIT = `${BUILT}devices/conformance/main.js`;

export async function textOf(stream: Readable): Promise<string> {
  let all = '';
  for await (const piece of stream) all += piece;
  return all;
}

/** The kit as a maker runs it, to its end. `report` with `--json`. */
export async function kit(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number; report: Report | null; said: string }> {
  const child = spawn(process.execPath, [KIT, ...args], { stdio: 'pipe', env: { ...process.env, ...environment } });
  const closed = once(child, 'close') as Promise<[number]>;
  const [out, said, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  return { code, report: out === '' ? null : (JSON.parse(out) as Report), said };
}
