import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { verifierPage } from '../../proof/cli/verifier-page.js';
import { listEntries } from '../../proof/pack/zip.js';
import { draftOf, numberLeaves, packOf, ROOT_FINGERPRINT } from '../../proof/testing/pack.js';
import { describeInChromium, launchChromium, type Size } from './page-driver.js';
import { openScreen } from './screen.js';

describeInChromium('verify.html, opened from a disk', () => {
  let browser: Browser;
  let folder: string;
  let page: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-verify-'));
    await writeFile(join(folder, 'verify.html'), await verifierPage());
    page = pathToFileURL(join(folder, 'verify.html')).href;
    const draft = draftOf({ devices: 2, receipts: 8, run: 2 });
    const good = await packOf(draft);
    await writeFile(join(folder, 'good.zip'), good);
    const bad = good.slice();
    const listed = listEntries(good);
    const at = (listed.ok ? listed.entries.find(({ name }) => name === 'report.pdf')?.offset : undefined) ?? 0;
    bad[at + 80] = (bad[at + 80] as number) ^ 1;
    await writeFile(join(folder, 'bad.zip'), bad);
    draft.head = { ...draft.head, demo: true };
    numberLeaves(draft);
    await writeFile(join(folder, 'demo.zip'), await packOf(draft));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  const opened = async (file: string, size: Size, search = '', before = '') => {
    const screen = await openScreen(browser, 'about:blank', size);
    if (before) await screen.page.addInitScript(before);
    await screen.page.goto(page + search);
    await screen.page.setInputFiles('#file', join(folder, file));
    await screen.page.waitForSelector('.verdict');
    return screen;
  };
  const wordsOf = async (screen: Awaited<ReturnType<typeof opened>>, selector: string) =>
    (await screen.page.locator(selector).allTextContents()).join('\n');

  it('is the same bytes at each build', async () => {
    const hash = async () =>
      createHash('sha256')
        .update(await verifierPage())
        .digest('hex');
    expect(await hash()).toBe(await hash());
  });

  it.each(['phone', 'desktop'] as const)('on a %s: a good pack holds, and its words are Vietnamese', async (size) => {
    const screen = await opened('good.zip', size);
    expect(await wordsOf(screen, '.verdict')).toContain('HỒ SƠ ĐÚNG');
    expect(await screen.page.locator('.checks .good').count()).toBe(8);
    expect(await wordsOf(screen, '.notes')).toContain('không chứng minh người dân đã nghe');
    expect(await wordsOf(screen, '.notes')).toContain('Chưa so khóa gốc');
    expect(await screen.faults()).toEqual([]);
    await screen.page.screenshot({ path: `.cache/screenshots/verify-good-${size}.png`, fullPage: true });
    await screen.page.fill('#root', ROOT_FINGERPRINT.replace(/(.{4})/g, '$1 '));
    await screen.page.press('#root', 'Enter');
    await screen.page.locator('#root').blur();
    await screen.page.waitForFunction(`!document.querySelector('.notes')?.textContent.includes('Chưa so')`);
    expect(await wordsOf(screen, '.verdict')).toContain('HỒ SƠ ĐÚNG');
    await screen.page.fill('#root', 'f'.repeat(64));
    await screen.page.locator('#root').blur();
    await screen.page.waitForSelector('.verdict.bad');
    expect(await wordsOf(screen, '.findings')).toContain('không phải khóa gốc đã công bố');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it.each(['phone', 'desktop'] as const)('on a %s: an altered pack does not, and the file is named', async (size) => {
    const screen = await opened('bad.zip', size);
    expect(await wordsOf(screen, '.verdict')).toContain('HỒ SƠ KHÔNG ĐÚNG');
    expect(await wordsOf(screen, '.findings')).toContain('Tệp report.pdf bị sửa.');
    expect(await screen.page.locator('.checks .skipped').count()).toBe(7);
    expect(await screen.faults()).toEqual([]);
    await screen.page.screenshot({ path: `.cache/screenshots/verify-bad-${size}.png`, fullPage: true });
    await screen.page.click('#language');
    expect(await wordsOf(screen, '.verdict')).toContain('THE PACK DOES NOT HOLD');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it('Chrome 109: without Ed25519 of the browser its own does it', async () => {
    const without = `const subtle = crypto.subtle.importKey.bind(crypto.subtle);
      crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
        (algorithm.name ?? algorithm) === 'Ed25519'
          ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
          : subtle(format, key, algorithm, ...rest);`;
    const screen = await opened('good.zip', 'desktop', '?lang=en', without);
    expect(await wordsOf(screen, '.verdict')).toContain('THE PACK HOLDS');
    expect(await screen.page.locator('#bundled').count()).toBe(1);
    await screen.page.setInputFiles('#file', join(folder, 'bad.zip'));
    await screen.page.waitForSelector('.verdict.bad');
    expect(screen.complaints).toEqual([]);
    await screen.close();
    const own = await opened('good.zip', 'desktop');
    expect(await own.page.locator('#bundled').count()).toBe(0);
    await own.close();
  });

  it('says of a demonstration that it is one; what is no pack is no error', async () => {
    const screen = await opened('demo.zip', 'phone');
    expect(await wordsOf(screen, '.demo')).toContain('SỐ LIỆU TRÌNH DIỄN');
    await screen.page.setInputFiles('#file', { name: 'x.zip', mimeType: 'application/zip', buffer: Buffer.from('x') });
    await screen.page.waitForSelector('.verdict.bad');
    expect(await wordsOf(screen, '.findings')).toContain('không phải là hồ sơ nghiệm thu');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });
});
