import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifierPage } from './verifier-page.js';

// A step of `npm run build`: `dist/proof/verify.html`, and its hash, which is published apart from any pack.
const target = fileURLToPath(new URL('../verify.html', import.meta.url));
const page = await verifierPage();
const sha256 = createHash('sha256').update(page).digest('hex');
await mkdir(dirname(target), { recursive: true });
await writeFile(target, page);
await writeFile(`${target}.sha256`, `${sha256}  verify.html\n`);
process.stdout.write(`verify.html ${sha256}\n`);
