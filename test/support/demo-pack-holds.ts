import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Verdict } from '../../proof/verify/index.js';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const PATIENCE_MS = 60_000;

/** What `npm run vang -- verify` says of a pack. */
export function byCommand(pack: string) {
  const { stdout, stderr } = spawnSync(process.execPath, ['dist/proof/cli/vang.js', 'verify', pack, '--json'], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    maxBuffer: 1 << 26,
  });
  try {
    const { good, demo, manifest, findings } = JSON.parse(stdout) as Verdict;
    const { reached = 0, done = false } = manifest?.result ?? {};
    return { good, demo, reached, done, said: JSON.stringify(findings.slice(0, 5)) };
  } catch {
    return { good: false, demo: false, reached: 0, done: false, said: stderr };
  }
}

/** What the page says of it, opened from a disk without a network; null: there is no Chromium here. */
export async function byPage(pack: string): Promise<string | null> {
  if (!existsSync(CHROMIUM)) return null;
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ['--no-sandbox'] });
  try {
    const page = await (await browser.newContext({ offline: true })).newPage();
    await page.goto(pathToFileURL(resolve('dist/proof/verify.html')).href);
    if (!existsSync(pack)) return 'no pack was made';
    await page.setInputFiles('#file', pack);
    return await page.locator('.verdict.shown, .verdict.bad').textContent({ timeout: PATIENCE_MS });
  } finally {
    await browser.close();
  }
}
