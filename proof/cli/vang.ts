import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { verifyFile } from '../verify/archived.js';
import { withSignatureThreads } from './node-threads.js';
import { printed } from './printed.js';

const HELP = `npm run vang -- verify FILE [--root FINGERPRINT] [--json] [--en]

Kiểm tra một hồ sơ nghiệm thu hoặc tệp lưu trữ, không cần mạng. Checks an evidence pack or an archive, offline.
--root  dấu vân tay khóa gốc đã công bố (SHA-256, 64 chữ số hex) / the published fingerprint of the root key
Exit code: 0 đúng / holds · 1 không đúng / does not hold · 2 không kiểm tra được / could not be checked
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { root: { type: 'string' }, json: { type: 'boolean' }, en: { type: 'boolean' } },
  });
  const [command, file, ...more] = positionals;
  const root = values.root?.trim().toLowerCase().replaceAll(/[\s:]/g, '') ?? null;
  if (command !== 'verify' || file === undefined || more.length > 0 || (root !== null && !/^[0-9a-f]{64}$/.test(root)))
    throw new TypeError('usage');
  const bytes = await readFile(file);
  const verdict = await withSignatureThreads((engine) => verifyFile(bytes, engine, { root }));
  const lines = values.json ? [JSON.stringify(verdict)] : printed(verdict, values.en ? 'en' : 'vi');
  process.stdout.write(`${lines.join('\n')}\n`);
  return verdict.good ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error && error.message !== 'usage' ? `${error.message}\n` : ''}${HELP}`);
  process.exitCode = 2;
}
