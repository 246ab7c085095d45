import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { CellState } from '../../src/receipts/engine/cells.js';
import { CoveragePage, describeInChromium, launchChromium, SIZES, type Size } from './page-driver.js';
import { HOSTILE, PERSON, SETUP_CODE, StandIn } from './stand-in.js';

const sizes = Object.keys(SIZES) as Size[];
const complete = (): CellState => 'complete';
const unknown = (): CellState => 'unknown';

describeInChromium('the coverage page of a whole district', () => {
  const service = new StandIn();
  let browser: Browser;
  let url = '';

  beforeAll(async () => {
    url = await service.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await service.stop();
  });

  beforeEach(() => {
    service.fail(null);
    service.paint(unknown);
  });

  const open = async (size: Size, search = '') => {
    const screen = await CoveragePage.open(browser, url, size, search);
    await screen.logIn(PERSON.login, PERSON.password);
    return screen.ready();
  };

  describe.each(sizes)('%s', (size) => {
    it('fits the screen with every state, gives a finger room, runs nothing that a title says', async () => {
      service.paintMixed();
      const screen = await open(size);
      expect(await screen.words('.demo')).toBe('DỮ LIỆU TẬP DƯỢT – không phải bằng chứng phát thật');
      expect(await screen.words('.summary')).toContain('288/KH-UBND');
      expect(await screen.words('.note')).toContain('đã được dời');
      expect(await screen.words('.proof')).toContain('không chứng minh có người nghe');
      expect(await screen.words('.missing')).toContain(HOSTILE);
      expect(await screen.overflowing()).toEqual([]);
      expect(await screen.lowTargets()).toEqual([]);
      await screen.picture(`mixed-${size}`);
      expect(await screen.page.locator('.missing li:visible').count()).toBe(6);
      await screen.page.click('.missing .more');
      expect(await screen.page.locator('.missing li:visible').count()).toBe(50);
      await screen.openCommune('Xã An Khương');
      expect(await screen.cell(1, 7).getAttribute('aria-label')).toMatch(/^Bài 1, Sóc Bù Dinh xã An Khương: /);
      expect(await screen.words('tbody tr:first-child th')).toBe(`1. ${HOSTILE}`);
      await screen.cell(3, 2).focus();
      expect(await screen.words('.detail')).toContain('Bài 3, Ấp 2 xã An Khương: ');
      expect(await screen.overflowing()).toEqual([]);
      await screen.picture(`commune-${size}`, 'window');
      expect(screen.complaints).toEqual([]);
      await screen.close();
    });

    it('cells turn from unknown to complete as the service learns of it, and the place of the reader is kept', async () => {
      service.paint((_, column) => (column === 0 ? 'unknown' : 'complete'));
      const screen = await open(size);
      await screen.openCommune('Xã An Khương');
      await screen.cell(2, 1).focus();
      expect(await screen.cellsIn('unknown').count()).toBe(20);
      const marked = screen.page.waitForSelector('td.changed', { timeout: 20_000 });
      service.set(1, 0, 'complete');
      expect(await (await marked).getAttribute('aria-label')).toBe('Bài 2, Ấp 1 xã An Khương: phát đủ');
      await screen.waitForWords('.detail', 'Bài 2, Ấp 1 xã An Khương: phát đủ');
      await screen.page.waitForSelector('td.changed', { state: 'detached' });
      expect(await screen.cellsIn('unknown').count()).toBe(19);
      expect(await screen.page.evaluate('document.activeElement.dataset.row')).toBe('1');
      expect(await screen.words('.verdict')).toContain('Chưa hoàn thành: còn thiếu 19 ô');
      expect(screen.complaints).toEqual([]);
      await screen.close();
    });

    it('a cell opens down to its receipts, and Back returns to it', async () => {
      const screen = await open(size);
      const { page } = screen;
      await screen.openCommune('Xã An Khương');
      if (size === 'phone') await screen.cell(2, 1).click();
      else {
        await screen.cell(2, 1).focus();
        await page.keyboard.press('Enter');
      }
      await screen.waitForWords('h1', 'Chính sách hỗ trợ nhà ở');
      expect(new URL(page.url()).hash).toBe('#scripts/item-2/hamlet-0-0');
      expect(await screen.words('.of-cluster')).toContain('phát đủ – Dự kiến 09:00, 20/11/2026');
      expect(await screen.words('.of-cluster .what')).toContain('Khác yêu cầu: phát trễ, sai âm lượng');
      await page.locator('summary').first().click();
      const behind = await screen.words('details');
      for (const words of [
        '09:01:30',
        'đã hiệu chỉnh theo máy chủ',
        '± 1,2 giây',
        'gửi bù',
        '60 (yêu cầu 80)',
        '12.345',
      ])
        expect(behind).toContain(words);
      expect(await page.locator('.cell-view .links a').first().getAttribute('href')).toContain('/api/log/inclusion');
      expect(await screen.words('.cell-view')).toContain('Mâu thuẫn: xác nhận phát cho biết đã phát đủ.');
      await page.click('.more-plays button');
      await screen.waitForWords('.plays', 'mất điện');
      expect(await screen.overflowing()).toEqual([]);
      expect(await screen.lowTargets()).toEqual([]);
      await screen.picture(`cell-${size}`);
      await page.goBack();
      await page.waitForSelector('.dashboard[data-view=commune] td:focus');
      expect(await page.evaluate('document.activeElement.dataset.row')).toBe('1');
      await page.goForward();
      await screen.waitForWords('h1', 'Chính sách hỗ trợ nhà ở');
      await page.reload();
      await page.click('.cell-view .back');
      await screen.ready();
      expect(screen.complaints).toEqual([]);
      await screen.close();
    });

    it('case 22: 1,899 of 1,900 is not done and the missing cell is named; the last one makes it done', async () => {
      service.paint(complete);
      service.set(16, 42, 'unknown');
      const screen = await open(size);
      expect(await screen.words('.verdict')).toContain('1.899/1.900');
      expect(await screen.words('.verdict')).toContain('Chưa hoàn thành: còn thiếu 1 ô');
      expect(await screen.words('.verdict')).toContain('99,9 %');
      expect(await screen.words('main')).not.toContain('100 %');
      expect(await screen.words('.missing li')).toMatch(
        /Ấp 10 xã Phước An: chưa rõ\s*Chuyên đề giảm nghèo bền vững số 17/,
      );
      await screen.picture(`missing-one-${size}`);
      service.set(16, 42, 'complete');
      await screen.waitForWords('.verdict', '1.900/1.900');
      expect(await screen.words('.verdict')).toContain('✓ Hoàn thành');
      expect(await screen.words('.verdict')).toContain('100 %');
      expect(await screen.page.locator('.missing').isVisible()).toBe(false);
      await screen.picture(`done-${size}`);
      await screen.close();
    });

    it('says that it is offline with its last figures standing, and recovers by itself', async () => {
      const screen = await open(size);
      await screen.page.context().setOffline(true);
      await screen.waitForWords('.state.offline', 'Mất kết nối, đang thử lại…');
      expect(await screen.words('.verdict')).toContain('0/1.900');
      await screen.picture(`offline-${size}`, 'window');
      service.set(0, 0, 'complete');
      await screen.page.context().setOffline(false);
      await screen.waitForWords('.verdict', '1/1.900');
      await screen.waitForWords('.state:not(.offline)', 'Cập nhật lúc');
      expect(screen.complaints).toEqual([]);
      await screen.close();
    });
  });

  it('a phone goes from the list of communes to the cells of one, and back', async () => {
    service.paint((_, column) => (column < 7 ? 'complete' : 'unknown'));
    const screen = await open('phone');
    expect(await screen.page.locator('.communes li:visible').count()).toBe(12);
    expect(await screen.page.locator('.communes li:visible').first().textContent()).toBe('Xã An Khương140/140');
    expect(await screen.page.locator('.scroller').isVisible()).toBe(false);
    await screen.openCommune('Xã Phước An');
    expect(await screen.page.locator('.communes').isVisible()).toBe(false);
    expect(await screen.page.locator('td').count()).toBe(20 * 11);
    expect((await screen.cell(1, 1).boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await screen.backToCommunes();
    expect(await screen.page.locator('.communes li:visible').count()).toBe(12);
    await screen.page.click('.communes .whole');
    expect(await screen.page.locator('td').count()).toBe(1_900);
    expect(await screen.overflowing()).toEqual([]);
    await screen.picture('whole-phone', 'window');
    await screen.close();
  });

  it('the matrix is one tab stop; arrow keys walk through it and bring each cell into sight', async () => {
    const screen = await open('desktop');
    const { page } = screen;
    expect(await page.locator('td[tabindex="0"]').count()).toBe(1);
    await page.focus('td[tabindex="0"]');
    await page.keyboard.press('ArrowDown');
    for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await screen.words('.detail')).toContain('Bài 2, Ấp 3 xã An Khương: chưa rõ');
    await page.keyboard.press('End');
    expect(await screen.words('.detail')).toContain('Bài 2, Ấp 6 xã Thanh Bình');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('ArrowDown');
    expect(await screen.words('.detail')).toContain('Bài 20, Ấp 6 xã Thanh Bình');
    const [cell, first] = [
      await page.locator('td:focus').boundingBox(),
      await page.locator('th.script').first().boundingBox(),
    ];
    expect(cell!.x + cell!.width).toBeLessThanOrEqual(SIZES.desktop.width);
    expect(first!.x).toBeGreaterThan(0);
    await page.keyboard.press('Home');
    const home = await page.locator('td:focus').boundingBox();
    expect(home!.x).toBeGreaterThanOrEqual(first!.x + first!.width - 1);
    expect(await page.locator('td[tabindex="0"]').count()).toBe(1);
    await screen.picture('keyboard-desktop', 'window');
    await page.keyboard.press('Tab');
    expect(await page.locator('td:focus').count()).toBe(0);
    await screen.close();
  });

  it('asks with the tag of the last answer and is told that nothing changed; a hidden tab does not ask', async () => {
    const screen = await open('desktop');
    const from = service.answers.length;
    await screen.page.waitForResponse((response) => response.status() === 304, { timeout: 20_000 });
    await screen.page.waitForResponse((response) => response.status() === 304, { timeout: 20_000 });
    expect(new Set(service.answers.slice(from))).toEqual(new Set([304]));
    expect(await screen.words('.state')).toMatch(/^Cập nhật lúc \d\d:\d\d:\d\d, \d\d\/\d\d\/\d{4}$/);
    const see = (state: string) =>
      screen.page.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await see('hidden');
    const asked = service.answers.length;
    const hidden = await screen.page
      .waitForResponse((response) => response.url().includes('/coverage'), { timeout: 4_500 })
      .catch(() => null);
    expect(hidden === null || service.answers.length <= asked + 1).toBe(true);
    service.set(0, 0, 'complete');
    await see('visible');
    await screen.waitForWords('.verdict', '1/1.900');
    await screen.close();
  });

  it('a session that ends in the middle asks for the login again, and then shows the line that was chosen', async () => {
    const screen = await open('desktop');
    await screen.chooseLine('10.000 tờ rơi tuyên truyền');
    expect(await screen.words('.verdict')).toContain('Chưa hoàn thành: còn thiếu 10.000 tờ');
    expect(await screen.words('.grid')).toBe('Chưa có bài nào gắn với chỉ tiêu này nên chưa có bảng độ phủ.');
    service.endSessions();
    await screen.page.waitForSelector('input[name=login]');
    expect(await screen.words('.notice')).toBe('Phiên đăng nhập đã hết. Đăng nhập lại để xem tiếp.');
    await screen.logIn(PERSON.login, PERSON.password);
    await screen.waitForWords('h1', '10.000 tờ rơi tuyên truyền');
    await screen.page.reload();
    await screen.waitForWords('h1', '10.000 tờ rơi tuyên truyền');
    await screen.page.click('header .link');
    await screen.page.waitForSelector('input[name=login]');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it('tells what the service says when it refuses, also in the middle', async () => {
    const screen = await open('phone');
    service.fail('Máy chủ đang khởi động lại. Thử lại sau ít giây.');
    await screen.waitForWords('.state.offline', 'Máy chủ đang khởi động lại. Thử lại sau ít giây.');
    service.fail(null);
    await screen.page.waitForSelector('.state:not(.offline)');
    await screen.close();
  });

  it('first use: the code of the log makes the administrator and logs in', async () => {
    const screen = await CoveragePage.open(browser, url, 'phone');
    await screen.picture('login-phone');
    await screen.page.getByText('Lần đầu sử dụng').click();
    const fillIn = async (code: string) => {
      await screen.page.fill('input[name=code]', code);
      await screen.page.fill('input[name=name]', 'Nguyễn Thị Hạnh');
      await screen.page.fill('input[name=login]', PERSON.login);
      await screen.page.fill('input[name=password]', PERSON.password);
      await screen.page.click('button[type=submit]');
    };
    expect(await screen.overflowing()).toEqual([]);
    await fillIn('sai');
    await screen.waitForWords('.error', 'Mã khởi tạo chưa đúng.');
    await screen.picture('setup-phone');
    await fillIn(` ${SETUP_CODE} `);
    await screen.ready();
    await screen.close();
  });

  it('prints the whole matrix on one sheet laid across, states by their signs', async () => {
    service.paintMixed();
    const screen = await open('desktop');
    await screen.page.emulateMedia({ media: 'print' });
    await screen.page.setViewportSize({ width: 1047, height: 718 }); // A4 without its margins
    const sheet = await screen.page.pdf({ format: 'A4', landscape: true, path: '.cache/screenshots/print.pdf' });
    await screen.picture('print');
    expect(await screen.overflowing()).toEqual([]);
    expect(sheet.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await screen.page.evaluate("getComputedStyle(document.querySelector('td')).color")).toBe('rgb(0, 0, 0)');
    await screen.close();
  });

  it('has an English face with the same content', async () => {
    const screen = await open('desktop', '?lang=en');
    expect(await screen.words('.legend')).toContain('unknown: 1.900');
    expect(await screen.words('.demo')).toBe('DEMO DATA – no proof of a real broadcast');
    expect(await screen.cell(1, 1).getAttribute('aria-label')).toBe('Script 1, Ấp 1 xã An Khương: unknown');
    await screen.close();
  });
});
