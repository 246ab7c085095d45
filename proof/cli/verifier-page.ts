import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Sources are read from `proof/browser`, also by the built program in `dist`. */
function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(join(folder, '..'));
}
const ROOT = packageRoot(fileURLToPath(new URL('.', import.meta.url)));
const SOURCES = join(ROOT, 'proof', 'browser');

const cspHash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/**
 * `verify.html`: one file with all that it needs, for Chrome 109 and later, and a policy that runs nothing else and reaches nobody. The
 * same sources and packages give the same bytes.
 */
export async function verifierPage(): Promise<Buffer> {
  const bundled = await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome109',
    charset: 'utf8',
    legalComments: 'inline',
    absWorkingDir: ROOT,
    logLevel: 'error',
    tsconfigRaw: { compilerOptions: { target: 'es2022' } },
  });
  const css = await readFile(join(SOURCES, 'page.css'), 'utf8');
  // `</script` within a script would end it.
  const script = (bundled.outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
  const page = await readFile(join(SOURCES, 'page.html'), 'utf8');
  const filled = page
    .replace('%SCRIPT%', cspHash(script))
    .replace('%STYLE%', cspHash(css))
    .replace('/*CSS*/', () => css)
    .replace('/*JS*/', () => script);
  return Buffer.from(filled);
}
