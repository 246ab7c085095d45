import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { DEMO_PASSWORD, LOGINS } from '../../demo/load.js';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { SmallDistrict } from '../bench/small-district.js';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SHOTS = '.cache/screenshots';
const HOSTILE = 'Bài <script>alert(1)</script> "nước sạch" & vệ sinh';
const SIZES = [
  ['phone', { width: 360, height: 740 }],
  ['desktop', { width: 1440, height: 900 }],
] as const;
const pause = async () => void (await wait(100));

const describeWithChromium = existsSync(CHROMIUM) ? describe : describe.skip;

describeWithChromium('the coverage page in a real browser, on the real service', () => {
  let folder: string;
  let service: DemoService;
  let district: SmallDistrict;
  let browser: Browser;
  let fleet: Program;
  let url = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-browser-'));
    await mkdir(SHOTS, { recursive: true });
    service = new DemoService(folder, { http: 0, mqtt: 0 }, { VANG_WISH_WINDOW_MS: '100' });
    url = await service.ready();
    district = await SmallDistrict.load(service, 3, 'Xin chào.', pause);
    const plan = await district.administrator.post<{ lines: { id: string }[] }>('/api/plans', {
      areaId: district.communeId,
      number: '01/KH-UBND',
      title: 'Kế hoạch thử',
      issuer: 'UBND xã',
      issuedOn: '2026-11-01',
      periodFrom: '2026-11-01',
      periodTo: '2026-12-31',
      note: 'Ngày tháng đã dời.',
      lines: [
        {
          kind: 'radioScript',
          title: '1 bài viết truyền thanh',
          target: 1,
          unit: 'bài',
          criterion: 'playedEveryHamlet',
        },
      ],
    });
    await district.addItem(HOSTILE, 'Nước sạch cho mọi nhà.', plan.lines[0]?.id ?? null);
    fleet = new Program('devices/simulator/main.js', [], {});
    const devices = [];
    for (let i = 0; i < 3; i++) devices.push({ serial: `S${i}`, claim: await district.claim(i) });
    const connected = new Set<unknown>();
    const all = fleet.waitFor(
      (line) => line.event === 'connected' && connected.add(line.serial).size === 3,
      'connections',
      30_000,
    );
    fleet.send({ devices, pace: 'instant', start: 'held' });
    await all;
    await district.scheduleAt([Date.now() + 3_600_000]);
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.stop();
    await service?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A page whose every complaint fails the test that opened it. */
  const open = async (size: { width: number; height: number }, search = '') => {
    const page = await (await browser.newContext({ viewport: size, locale: 'vi-VN' })).newPage();
    const complaints: string[] = [];
    page.on(
      'console',
      (message) => message.type() === 'error' && !/401/.test(message.text()) && complaints.push(message.text()),
    );
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    await page.goto(`${url}/${search}`);
    return { page, complaints };
  };

  const logIn = async (page: Page) => {
    await page.fill('input[name=login]', LOGINS.administrator);
    await page.fill('input[name=password]', DEMO_PASSWORD);
    await page.click('button[type=submit]');
    await page.waitForSelector('.verdict');
  };

  const overflow = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  it('a wrong password is told in Vietnamese; nothing of the plan is shown before', async () => {
    const { page } = await open(SIZES[0][1]);
    await page.fill('input[name=login]', 'ai-do');
    await page.fill('input[name=password]', 'sai mật khẩu');
    await page.click('button[type=submit]');
    await page.waitForFunction("document.querySelector('.error')?.textContent !== ''");
    expect(await page.textContent('.error')).toBe('Tên đăng nhập hoặc mật khẩu chưa đúng.');
    expect(await page.content()).not.toContain('Kế hoạch thử');
    await page.screenshot({ path: `${SHOTS}/login-phone.png` });
    await page.context().close();
  });

  it.each(SIZES)(
    '%s: shows every cell as unknown before any receipt, escapes titles, fits the screen',
    async (name, size) => {
      const { page, complaints } = await open(size);
      await logIn(page);
      await page.waitForSelector('td[role=gridcell]');
      expect(await page.textContent('.verdict')).toContain('Chưa hoàn thành: còn thiếu 3 ô');
      expect(await page.textContent('.demo')).toContain('DỮ LIỆU TẬP DƯỢT');
      expect(await page.textContent('tbody th')).toContain(HOSTILE);
      expect(await page.locator('td.unknown').count()).toBe(3);
      expect(await page.getAttribute('td', 'aria-label')).toBe('Bài 1, Ấp 1 Xã: chưa rõ');
      expect(await overflow(page)).toBe(0);
      await page.screenshot({ path: `${SHOTS}/unknown-${name}.png`, fullPage: true });
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it('cells turn from unknown to complete while receipts arrive, without a reload; the keyboard moves between them', async () => {
    const { page, complaints } = await open(SIZES[1][1]);
    await logIn(page);
    await page.waitForSelector('td.unknown');
    fleet.send({ cmd: 'release' });
    await page.waitForSelector('.verdict.done');
    expect(await page.locator('td.complete').count()).toBe(3);
    expect(await page.textContent('.verdict')).toContain('100 %');
    await page.focus('td[tabindex="0"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.textContent('.detail')).toContain('Bài 1, Ấp 3 Xã: phát đủ');
    expect(await page.locator('td[tabindex="0"]').count()).toBe(1);
    await page.screenshot({ path: `${SHOTS}/complete-desktop.png`, fullPage: true });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says that it is offline, and recovers by itself; ends at the login when the session has ended', async () => {
    const { page } = await open(SIZES[0][1]);
    await logIn(page);
    await page.context().setOffline(true);
    await page.waitForSelector('.state.offline');
    expect(await page.textContent('.state')).toBe('Mất kết nối, đang thử lại…');
    await page.context().setOffline(false);
    await page.waitForSelector('.state:not(.offline)');
    await page.context().clearCookies();
    await page.waitForSelector('input[name=login]');
    await page.context().close();
  });

  it('has an English face with the same content', async () => {
    const { page } = await open(SIZES[1][1], '?lang=en');
    await logIn(page);
    expect(await page.textContent('.legend')).toContain('complete: 3');
    await page.context().close();
  });
});
