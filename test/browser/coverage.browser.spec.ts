import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DEMO_PASSWORD, LOGINS } from '../../demo/load.js';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { SmallDistrict } from '../bench/small-district.js';
import { CoveragePage, describeInChromium, launchChromium, SIZES, type Size } from './page-driver.js';

const HOSTILE = 'Bài <script>alert(1)</script> "nước sạch" & vệ sinh';
const pause = async () => void (await wait(100));

describeInChromium('the coverage page in a real browser, on the real service', () => {
  let folder: string;
  let service: DemoService;
  let district: SmallDistrict;
  let browser: Browser;
  let fleet: Program;
  let url = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-browser-'));
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
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.stop();
    await service?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const open = async (size: Size, search = '') => {
    const screen = await CoveragePage.open(browser, url, size, search);
    await screen.logIn(LOGINS.administrator, DEMO_PASSWORD);
    return screen.ready();
  };

  it('a wrong password is told in Vietnamese; nothing of the plan is shown before', async () => {
    const screen = await CoveragePage.open(browser, url, 'phone');
    await screen.logIn('ai-do', 'sai mật khẩu');
    await screen.waitForWords('.error', 'Tên đăng nhập hoặc mật khẩu chưa đúng.');
    expect(await screen.page.content()).not.toContain('Kế hoạch thử');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it.each(Object.keys(SIZES) as Size[])(
    '%s: shows every cell as unknown before any receipt, escapes titles, fits the screen',
    async (size) => {
      const screen = await open(size);
      expect(await screen.words('.verdict')).toContain('Chưa hoàn thành: còn thiếu 3 ô');
      expect(await screen.words('.demo')).toContain('DỮ LIỆU TẬP DƯỢT');
      expect(await screen.words('tbody th')).toContain(HOSTILE);
      await screen.openCommune('Xã');
      expect(await screen.cellsIn('unknown').count()).toBe(3);
      expect(await screen.cell(1, 1).getAttribute('aria-label')).toBe('Bài 1, Ấp 1 Xã: chưa rõ');
      expect(await screen.overflowing()).toEqual([]);
      await screen.picture(`real-unknown-${size}`);
      expect(screen.complaints).toEqual([]);
      await screen.close();
    },
  );

  it('cells turn from unknown to complete while receipts arrive, without a reload; the keyboard moves between them', async () => {
    const screen = await open('desktop');
    const { page } = screen;
    expect(await screen.cellsIn('unknown').count()).toBe(3);
    fleet.send({ cmd: 'release' });
    await page.waitForSelector('.verdict.done');
    expect(await screen.cellsIn('complete').count()).toBe(3);
    expect(await screen.words('.verdict')).toContain('100 %');
    await page.focus('td[tabindex="0"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await screen.words('.detail')).toContain('Bài 1, Ấp 3 Xã: phát đủ');
    expect(await page.locator('td[tabindex="0"]').count()).toBe(1);
    await screen.picture('real-complete-desktop');
    await page.keyboard.press('Enter');
    await screen.waitForWords('.of-cluster .what', 'phát đủ – Dự kiến');
    await page.click('summary');
    expect(await screen.words('details')).toContain('đã hiệu chỉnh theo máy chủ');
    const saved = page.waitForEvent('download');
    await page.click('.cell-view .back');
    await page.click('a.file[href$=xlsx]');
    expect((await saved).suggestedFilename()).toMatch(/^TAP-DUOT-do-phu-01-KH-UBND-.*\.xlsx$/);
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it('is told that nothing changed, says when it is offline, recovers, and asks for the login when the session has ended', async () => {
    const screen = await open('phone');
    const { page } = screen;
    await page.waitForResponse((response) => response.url().endsWith('/coverage') && response.status() === 304);
    await page.context().setOffline(true);
    await screen.waitForWords('.state.offline', 'Mất kết nối, đang thử lại…');
    await page.context().setOffline(false);
    await page.waitForSelector('.state:not(.offline)');
    await page.context().clearCookies();
    await page.waitForSelector('input[name=login]');
    expect(await screen.words('.notice')).toContain('Phiên đăng nhập đã hết');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it('the policy of the service stops a script that got into the page all the same', async () => {
    const screen = await CoveragePage.open(browser, url, 'phone');
    await screen.page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken"';
      document.head.append(script);
    }`);
    expect(screen.complaints.join()).toContain('Content Security Policy');
    expect(await screen.page.title()).toBe('Vang – Độ phủ');
    await screen.close();
  });

  it('has an English face with the same content', async () => {
    const screen = await open('desktop', '?lang=en');
    expect(await screen.words('.legend')).toContain('complete: 3');
    await screen.close();
  });
});
