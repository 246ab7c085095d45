import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Speaker } from './microphone.js';
import { Office } from './office.js';
import { describeInChromium, launchChromium, SIZES, type Size } from './page-driver.js';
import { openScreen, type Screen } from './screen.js';

const HOSTILE = '<img src=x onerror="document.title=\'taken\'">';
const SENDER = `Công an xã ${HOSTILE}`;

interface Request {
  readonly id: string;
  readonly title: string;
  readonly text: string | null;
  readonly senderName: string;
  readonly urgent: boolean;
  readonly wanted: string | null;
  readonly files: readonly { readonly fileName: string; readonly family: string; readonly bytes: number }[];
}

describeInChromium('a request by somebody without an account, in a real browser on the real service', () => {
  let office: Office;
  let speaker: Speaker;
  let browser: Browser;
  let address = '';
  let screen: Screen;

  beforeAll(async () => {
    office = await Office.open();
    speaker = await Speaker.start();
    browser = await launchChromium(speaker.flags);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await speaker?.stop();
    await office?.close();
  });

  beforeEach(async () => {
    address = await office.link(SENDER);
  });

  const requests = () => office.as('hoa').get<Request[]>('/api/requests');
  /** Plays it, and waits until something of it has sounded. */
  const heardOf = (page: Page, selector: string) =>
    page.evaluate(`new Promise((resolve, reject) => {
      const audio = document.querySelector(${JSON.stringify(selector)});
      audio.addEventListener('timeupdate', () => audio.currentTime > 0.2 && resolve());
      audio.play().catch(reject);
    })`);
  const received = (page: Page) => page.waitForSelector('.received:not([hidden])');
  const open = async (size: Size = 'phone') => {
    screen = await openScreen(browser, address, size);
    await screen.page.waitForSelector('.ways');
    return screen.page;
  };
  const close = async () => {
    expect(screen.complaints).toEqual([]);
    expect(await screen.page.title()).toBe('Vang – Đề nghị phát');
    await screen.close();
  };
  const write = async (page: Page, text: string) => {
    await page.click('.way.text');
    await page.fill('textarea[name=text]', text);
  };

  it.each(Object.keys(SIZES) as Size[])(
    '%s: a text is sent in two taps, shown as text, and stands in the list',
    async (size) => {
      const page = await open(size);
      expect(await page.textContent('.who')).toContain(`Người gửi: ${SENDER}`);
      expect(await page.textContent('.who')).toContain('xã An Khương'.replace('xã ', ''));
      expect(await screen.faults()).toEqual([]);
      await write(page, `${HOSTILE} Ngày mai cúp điện.`);
      await page.click('.more summary');
      await page.fill('input[name=title]', `${HOSTILE} Cúp điện ${size}`);
      await page.fill('input[name=wanted]', '17 giờ hôm nay');
      await page.check('input[name=urgent]');
      expect(await screen.faults()).toEqual([]);
      await page.dblclick('button.primary');
      await received(page);
      expect(await page.textContent('.sent li .name')).toBe(`${HOSTILE} Cúp điện ${size}`);
      expect(await page.textContent('.sent li .mark')).toBe('mới gửi');
      expect(await page.locator('.sent li').count()).toBe(1);
      expect(await screen.faults()).toEqual([]);
      expect((await requests())[0]).toMatchObject({
        senderName: SENDER,
        title: `${HOSTILE} Cúp điện ${size}`,
        text: `${HOSTILE} Ngày mai cúp điện.`,
        wanted: '17 giờ hôm nay',
        urgent: true,
      });
      await close();
    },
  );

  it('what is spoken into the microphone becomes a draft whose sound is as long', async () => {
    const page = await open();
    await page.click('.way.record');
    await page.click('button.start');
    await page.locator('.time', { hasText: /^0:06/ }).waitFor();
    expect(await page.textContent('.loudness')).toMatch(/Nghe rõ|Quá to|rất nhỏ/);
    await page.click('button.stop');
    await page.waitForSelector('[data-state=taken]');
    expect(await page.textContent('.recorder .said')).toMatch(/Bản ghi dài 0:0[67]\./);
    await heardOf(page, '.recorder audio');
    await page.click('button.primary');
    await received(page);
    const request = (await requests())[0];
    expect(request).toMatchObject({ files: [{ fileName: 'ghi-am-1.webm', family: 'audio' }] });
    const { itemId } = await office.as('hoa').post<{ itemId: string }>(`/api/requests/${request?.id}/draft`);
    const { versions, kind } = await office.sounding(itemId);
    expect(kind).toBe('recording');
    expect(versions[0]?.speakerName).toBe(SENDER);
    // Silence at both ends may be taken off, and the encoder adds its frame.
    expect(versions[0]?.audio.durationMs).toBeGreaterThan(4_500);
    expect(versions[0]?.audio.durationMs).toBeLessThan(7_500);
    expect(versions[0]?.audio.sound?.speechRatio).toBeGreaterThan(0.5);
    await page.click('.before .link');
    await page.waitForSelector('.mark.drafted');
    await close();
  });

  it('somebody with a recording link reads the text aloud: it becomes the sound of the item', async () => {
    const { id } = await office.write({ title: `${HOSTILE} Họp dân` });
    await office.sounding(id);
    const speakerName = 'Già làng Điểu K’Bông';
    const link = await office.as('hoa').post<{ address: string }>(`/api/items/${id}/recording-link`, { speakerName });
    screen = await openScreen(browser, link.address);
    const { page } = screen;
    await page.locator('.script', { hasText: 'họp dân' }).waitFor();
    expect(await page.textContent('h1')).toBe(`${HOSTILE} Họp dân`);
    await page.click('button.start');
    await page.locator('.time', { hasText: /^0:04/ }).waitFor();
    await page.click('button.stop');
    await page.waitForSelector('[data-state=taken]');
    expect(await screen.faults()).toEqual([]);
    await page.dblclick('button.primary');
    await page.locator('.progress', { hasText: 'Bản ghi dùng được' }).waitFor();
    expect(await page.textContent('.who')).toContain('Còn thu được 2 lần');
    const { versions } = await office.sounding(id);
    expect(versions.at(-1)).toMatchObject({ n: 2, speakerName, audio: { uploaded: true } });
    expect(screen.complaints).toEqual([]);
    expect(await page.title()).toBe('Vang – Thu âm');
    await screen.close();
  });

  it('a bad line loses nothing: the words and the file survive a failure and a reload, and arrive once', async () => {
    const page = await open();
    await write(page, 'Mất xe đạp ở chợ.');
    await page.click('.way.file');
    const file = { name: 'thông báo.txt', mimeType: 'text/plain', buffer: Buffer.from('Ai thấy xin báo công an xã.') };
    await page.setInputFiles('input[name=files]', file);
    await page.waitForSelector('.files li');
    // The answer is lost on its way: the service has the request, the page does not know.
    let lost = 0;
    await page.route('**/api/public/requests/*', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      lost += 1;
      await route.abort('connectionreset');
    });
    await page.click('button.primary');
    await page.waitForSelector('.making > .error:not(:empty)');
    expect(await page.textContent('.making > .error')).toContain('Mất kết nối');
    expect(await page.textContent('.making .progress')).toContain('vẫn còn nguyên');
    expect(await page.textContent('button.primary')).toBe('Gửi lại');
    expect(await screen.faults()).toEqual([]);
    await page.unroute('**/api/public/requests/*');
    await page.reload();
    await page.waitForSelector('.files li');
    expect(await page.inputValue('textarea[name=text]')).toBe('Mất xe đạp ở chợ.');
    await page.click('button.primary');
    await received(page);
    expect(lost).toBe(1);
    const mine = (await requests()).filter(({ text }) => text === 'Mất xe đạp ở chợ.');
    expect(mine).toMatchObject([{ files: [{ fileName: 'thông báo.txt', family: 'document' }] }]);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await close();
  });

  it('without a network it says so, keeps all, and goes on by itself when the network is back', async () => {
    const page = await open();
    await write(page, 'Tiêm phòng chó mèo ở trạm.');
    await screen.context.setOffline(true);
    await page.click('button.primary');
    await page.waitForSelector('.making > .error:not(:empty)');
    expect(await page.textContent('.making .progress')).toContain('tự gửi tiếp');
    await screen.context.setOffline(false);
    await received(page);
    expect((await requests())[0]?.text).toBe('Tiêm phòng chó mèo ở trạm.');
    await close();
  });

  it('what the service refuses is told in its words, beside what was typed', async () => {
    const page = await open();
    await page.click('button.primary');
    expect(await page.textContent('.making > .error')).toBe('Chưa có nội dung: gõ vài dòng, chọn tệp hoặc ghi âm.');
    await page.click('.way.file');
    const picture = { name: 'ảnh.png', mimeType: 'image/png', buffer: Buffer.from('\x89PNG\r\n') };
    await page.setInputFiles('input[name=files]', picture);
    await page.click('button.primary');
    await page.waitForSelector('.making > .error:has-text("Chỉ nhận bản ghi âm")');
    await page.click('.files .remove');
    expect(await page.locator('.files li').count()).toBe(0);
    await close();
  });

  it('a wrong address opens nothing; no other address learns of a right one', async () => {
    const asked: string[] = [];
    screen = await openScreen(browser, `${office.url}/gui/${'x'.repeat(43)}`);
    await screen.page.waitForSelector('[role=alert]');
    expect(await screen.page.textContent('[role=alert]')).toContain('Liên kết này không dùng được');
    await close();
    screen = await openScreen(browser, 'about:blank');
    screen.page.on('request', (request) => asked.push(new URL(request.url()).origin));
    const answer = await screen.page.goto(address);
    await screen.page.waitForSelector('.ways');
    expect(answer?.headers()).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(new Set(asked)).toEqual(new Set([office.url]));
    await close();
  });

  it('speaks English where the browser does', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForSelector('.ways');
    expect(await page.textContent('h1')).toBe('Ask for a broadcast');
    await page.click('header a.link');
    await page.waitForSelector('.ways');
    expect(await page.textContent('h1')).toBe('Đề nghị phát');
    await context.close();
  });
});
