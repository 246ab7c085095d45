import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { ItemView } from '../../src/library/items/item.api.js';
import { NAMES, Office, PASSWORD, TEXT } from './office.js';
import { describeInChromium, launchChromium, SIZES, type Size } from './page-driver.js';
import { openScreen, type Screen } from './screen.js';

const HOSTILE = '<img src=x onerror="document.title=\'taken\'">';

describeInChromium('approval in a real browser on the real service', () => {
  let office: Office;
  let browser: Browser;
  let screen: Screen;

  beforeAll(async () => {
    office = await Office.open();
    browser = await launchChromium(['--autoplay-policy=no-user-gesture-required']);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await office?.close();
  });

  const logIn = async (page: Page) => {
    await page.fill('input[name=login]', 'nam');
    await page.fill('input[name=password]', PASSWORD);
    await page.click('button[type=submit]');
    await page.waitForSelector('.approval');
  };
  /** Logged in already, as an approver's telephone is. */
  const open = async (path: string, size: Size = 'phone', permissions: readonly string[] = []) => {
    screen = await openScreen(browser, `${office.url}/duyet`, size, permissions);
    await logIn(screen.page);
    if (path !== '/duyet') await screen.page.goto(office.url + path);
    return screen.page;
  };
  const close = async () => {
    expect(screen.complaints).toEqual([]);
    expect(await screen.page.title()).toBe('Vang – Duyệt');
    await screen.close();
  };
  const said = (page: Page, words: string) => page.locator('.approval > .said', { hasText: words }).waitFor();
  const newest = async ({ id }: ItemView) => (await office.item(id)).versions.at(-1);
  /** As somebody listens who does not wait: all of it sounds, eight times as fast. */
  const listen = (page: Page, from = 0) =>
    page.evaluate(`new Promise((resolve, reject) => {
      const audio = document.querySelector('.player audio');
      audio.addEventListener('ended', resolve);
      audio.addEventListener('error', () => reject(audio.error));
      audio.playbackRate = 8;
      audio.currentTime = ${from};
      audio.play().catch(reject);
    })`);

  it.each(Object.keys(SIZES) as Size[])('%s: two taps approve: the notice, then Duyệt', async (size) => {
    const title = `${HOSTILE} Họp dân ${size}`;
    const item = await office.pending({ title, text: `${HOSTILE} ${TEXT}` });
    const page = await open('/duyet', size);
    await page.goto(office.url + (await office.noticeOf(item)));
    await page.waitForSelector('.item');
    expect(await page.textContent('.item h1')).toBe(title);
    expect(await page.textContent('.text')).toContain(HOSTILE);
    expect(await page.textContent('.about')).toContain(`Người soạn: ${NAMES.hoa}`);
    expect(await page.locator('.sentence').count()).toBeGreaterThan(2);
    expect(await screen.faults()).toEqual([]);
    await page.click('button.approve');
    await said(page, `Đã duyệt «${title}».`);
    expect(await newest(item)).toMatchObject({ status: 'approved', approver: { name: NAMES.nam } });
    await page.goBack();
    await page.locator('.outcome', { hasText: `Đã duyệt. (${NAMES.nam}` }).waitFor();
    await close();
  });

  it('the sentence that sounds is marked, and a tap on another goes there', async () => {
    const { id } = await office.pending();
    const page = await open(`/duyet?item=${id}`, 'desktop');
    await page.waitForSelector('.sentence');
    await page.locator('.sentence').nth(1).click();
    await page.locator('.sentence[aria-current]', { hasText: 'họp dân' }).waitFor();
    expect(await page.locator('.wave .played').count()).toBe(1);
    await close();
  });

  it('on a phone: correct, hear the new sound to its end, approve', async () => {
    const item = await office.pending();
    const page = await open(`/duyet?item=${item.id}`);
    await page.click('button.correct');
    const field = page.locator('textarea[name=correction]');
    expect(await field.inputValue()).toBe(TEXT);
    await field.fill(TEXT.replace('bảy giờ', 'tám giờ'));
    expect(await screen.faults()).toEqual([]);
    await page.click('form button.correct');
    await page.locator('.text', { hasText: 'tám giờ' }).waitFor();
    await page.waitForSelector('.player audio');
    expect(await page.isDisabled('button.approve')).toBe(true);
    expect(await page.textContent('.decide .progress')).toContain('nghe hết âm thanh mới');
    const { audio } = (await newest(item)) ?? {};
    await listen(page, (audio?.durationMs ?? 0) / 1_000 - 0.5);
    await page.locator('.decide .progress', { hasText: 'Còn đoạn chưa nghe' }).waitFor();
    expect(await page.isDisabled('button.approve')).toBe(true);
    await listen(page);
    await page.locator('.decide .progress', { hasText: 'Đã nghe hết' }).waitFor();
    await page.click('button.approve');
    await said(page, 'Đã duyệt');
    expect(await newest(item)).toMatchObject({
      n: 2,
      status: 'approved',
      text: TEXT.replace('bảy giờ', 'tám giờ'),
      author: { name: NAMES.hoa },
      correctedBy: { name: NAMES.nam },
    });
    await close();
  });

  it.each([
    ['return', 'returned', 'Đã trả lại'],
    ['refuse', 'refused', 'Đã từ chối'],
  ] as const)('%s asks for a reason, which the author reads', async (how, status, words) => {
    const item = await office.pending();
    const page = await open(`/duyet?item=${item.id}`);
    await page.click(`.decide > .buttons .${how}`);
    await page.click(`form button.${how}`);
    expect(await page.textContent('.decide > .error')).toBe('Chưa ghi lý do.');
    await page.fill('textarea[name=reason]', `${HOSTILE} Sai giờ.`);
    expect(await screen.faults()).toEqual([]);
    await page.click(`form button.${how}`);
    await said(page, words);
    expect(await newest(item)).toMatchObject({ status, statusReason: `${HOSTILE} Sai giờ.` });
    await page.goBack();
    await page.locator('.decide', { hasText: `Lý do: ${HOSTILE} Sai giờ.` }).waitFor();
    await close();
  });

  it('a notice of a third party needs three ticks', async () => {
    const item = await office.pending({ thirdParty: 'recruitment', title: 'Tuyển công nhân' });
    const page = await open(`/duyet?item=${item.id}`);
    await page.waitForSelector('.checklist');
    expect(await screen.faults()).toEqual([]);
    await page.check('input[name=senderVerified]');
    await page.click('button.approve');
    expect(await page.textContent('.decide > .error')).toBe('Xác nhận đủ ba mục rồi duyệt.');
    expect((await newest(item))?.status).toBe('pending');
    await page.check('input[name=noAdvertising]');
    await page.check('input[name=categoryRight]');
    await page.click('button.approve');
    await said(page, 'Đã duyệt');
    expect((await newest(item))?.checklist).toEqual({ senderVerified: true, noAdvertising: true, categoryRight: true });
    await close();
  });

  it('a whole session: what is ticked is approved, what changed meanwhile says why it was not', async () => {
    const [first, second] = [await office.pending({ title: 'Bài một' }), await office.pending({ title: 'Bài hai' })];
    const third = await office.pending({ title: 'Bài ba', thirdParty: 'charity' });
    const page = await open('/duyet');
    const row = (item: ItemView) => page.locator(`li[data-item="${item.id}"]`);
    await row(first).waitFor();
    expect(await row(third).locator('input').isDisabled()).toBe(true);
    expect(await row(third).textContent()).toContain('mở bài để xác nhận ba mục');
    await row(first).locator('input').check();
    await row(second).locator('input').check();
    expect(await screen.faults()).toEqual([]);
    await office.as('hoa').post(`/api/items/${second.id}/withdraw`);
    await page.click('.session button.approve');
    await row(first).locator('.result.good').waitFor();
    await row(second).locator('.result.error').waitFor();
    expect([(await newest(first))?.status, (await newest(second))?.status]).toEqual(['approved', 'withdrawn']);
    await close();
  });

  it('the bell counts what is new and opens it; with the keyboard alone an item is approved', async () => {
    const item = await office.pending({ title: 'Tiêm phòng' });
    await office.noticeOf(item);
    const page = await open('/duyet');
    await page.locator('.bell .count:not([hidden])').waitFor();
    await page.focus('.bell');
    await page.keyboard.press('Enter');
    await page.locator('.notices .open', { hasText: 'Tiêm phòng' }).waitFor();
    expect(await screen.faults()).toEqual([]);
    await page.locator('.notices .open', { hasText: 'Tiêm phòng' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.item h1', { hasText: 'Tiêm phòng' }).waitFor();
    await page.focus('button.approve');
    await page.keyboard.press('Enter');
    await said(page, 'Đã duyệt «Tiêm phòng».');
    expect((await newest(item))?.status).toBe('approved');
    await close();
  });

  it('a session that ended asks for the login and goes on where it was', async () => {
    const { id } = await office.pending({ title: 'Họp ấp' });
    const page = await open(`/duyet?item=${id}`);
    await page.waitForSelector('.item');
    await screen.context.clearCookies();
    await page.click('button.approve');
    await page.locator('.notice', { hasText: 'Phiên đăng nhập đã hết' }).waitFor();
    await logIn(page);
    await page.locator('.item h1', { hasText: 'Họp ấp' }).waitFor();
    await page.click('button.approve');
    await said(page, 'Đã duyệt');
    await close();
  });

  it('a pushed notice is shown as the service wrote it, and its tap opens the item', async () => {
    const { id } = await office.pending({ title: 'Cháy rừng' });
    // An address that no notice leads to: a window that is open there already is brought to the front instead.
    const page = await open('/duyet?lang=vi', 'phone', ['notifications']);
    await page.evaluate("navigator.serviceWorker.register('/web/sw.js')");
    const [worker] = await Promise.all(
      screen.context.serviceWorkers().length > 0
        ? screen.context.serviceWorkers()
        : [screen.context.waitForEvent('serviceworker')],
    );
    const notice = { title: 'Chờ duyệt: Cháy rừng', body: HOSTILE, link: `/duyet?item=${id}` };
    // The browser alone decides when a window may be opened; what is asked of it is the worker's.
    const tapped = (pushed: object) =>
      worker?.evaluate(`new Promise((resolve) => {
        clients.openWindow = async (address) => resolve({ shown, address });
        const { showNotification } = ServiceWorkerRegistration.prototype;
        let shown = null;
        registration.showNotification = async (title, options) => {
          await showNotification.call(registration, title, options);
          shown = { title, body: options.body };
          const notification = { data: options.data, close: () => undefined };
          self.dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), { notification }));
        };
        self.dispatchEvent(new PushEvent('push', { data: ${JSON.stringify(JSON.stringify(pushed))} }));
      })`);
    expect(await tapped(notice)).toEqual({
      shown: { title: notice.title, body: HOSTILE },
      address: office.url + notice.link,
    });
    expect(await tapped({ ...notice, link: 'https://evil.example/' })).toMatchObject({
      address: `${office.url}/duyet`,
    });
    expect(await tapped([])).toEqual({ shown: { title: 'Vang', body: '' }, address: `${office.url}/duyet` });
    await close();
  });
});
