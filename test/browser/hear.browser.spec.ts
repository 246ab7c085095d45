import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Database } from '../../src/platform/database/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { confirmationView } from '../../src/receipts/confirmations/confirmation.api.js';
import { type Head, HearingRoom } from '../support/hearing-room.js';
import { everyTable } from '../support/station.js';
import { describeInChromium, launchChromium, pictureOf, SIZES, type Size } from './page-driver.js';
import { openScreen, type Screen } from './screen.js';

const HOSTILE = '<img src=x onerror="document.title=\'taken\'">';
const MINUTE_MS = 60_000;

describeInChromium('the page of a hamlet head, in a real browser on the real service', () => {
  let house: HearingRoom;
  let database: Database;
  let folder = '';
  let browser: Browser;
  let head: Head;
  let screen: Screen;
  let [goats, health] = ['', ''];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-hear-'));
    database = new Database({ ...everyTable, file: join(folder, 'vang.db') }, silentLog);
    await database.start();
    house = await HearingRoom.open(database);
    goats = await house.bulletin(`${HOSTILE} Vay vốn nuôi dê`);
    health = await house.bulletin('Lịch tiêm chủng mở rộng tháng này cho trẻ em dưới năm tuổi tại trạm y tế xã');
    head = await house.head('ak1', `Ông Điểu K’Rê ${HOSTILE}`);
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await house?.close();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  let named = 0;
  /** A session that is over, on a day of its own. */
  beforeEach(async () => {
    const { clock } = house.station;
    clock.advance(24 * 60 * MINUTE_MS);
    await house.told('k1', [`a${++named}`], { startMs: clock.nowMs(), itemId: goats, durationMs: 2 * MINUTE_MS });
    const startMs = clock.nowMs() + 2 * MINUTE_MS;
    await house.told('k1', [`b${named}`], { startMs, itemId: health, durationMs: 3 * MINUTE_MS });
    clock.advance(6 * MINUTE_MS);
  });

  const open = async (size: Size = 'phone') => {
    screen = await openScreen(browser, head.address, size);
    await screen.page.waitForSelector('.session');
    return screen.page;
  };
  const close = async () => {
    expect(screen.complaints).toEqual([]);
    expect(await screen.page.title()).toBe('Vang – Bà con nghe rõ không?');
    await screen.close();
  };
  const answers = async () => {
    const { body } = await house.room.as('hoa', 'GET', '/api/confirmations?limit=1');
    return confirmationView
      .array()
      .parse(body)[0]
      ?.answers.map(({ answer }) => answer);
  };
  const first = (page: Page) => page.locator('.session').first();
  const tap = (page: Page, answer: string) => first(page).locator(`.answers .${answer}`);
  const given = (page: Page, text: string) => first(page).locator('.given', { hasText: text }).waitFor();

  it.each(Object.keys(SIZES) as Size[])(
    '%s: whose page it is, what is asked, one tap, and a correction',
    async (size) => {
      const page = await open(size);
      expect(await page.textContent('.whose')).toContain(`Trang riêng của Ông Điểu K’Rê ${HOSTILE}`);
      expect(await page.textContent('.whose')).toContain('Ấp 1, An Khương');
      expect(await first(page).locator('.titles').textContent()).toContain(`${HOSTILE} Vay vốn nuôi dê`);
      expect(await screen.faults()).toEqual([]);
      await pictureOf(page, `hear-${size}`);
      await tap(page, 'notHeard').dblclick();
      await given(page, 'Không nghe');
      expect(await answers()).toEqual(['notHeard']);
      await pictureOf(page, `hear-${size}-answered`);
      await first(page).locator('button.link').click();
      expect(await tap(page, 'notHeard').getAttribute('aria-pressed')).toBe('true');
      await tap(page, 'clear').click();
      await given(page, 'Nghe rõ');
      expect(await screen.faults()).toEqual([]);
      expect(await answers()).toEqual(['notHeard', 'clear']);
      await page.reload();
      await given(page, 'Nghe rõ');
      await close();
    },
  );

  it('the answer is lost on its way: it is said, sent again, and counts once', async () => {
    const page = await open();
    let lost = 0;
    await page.route('**/api/public/hearings/*/sessions/*', async (route) => {
      await route.fetch();
      lost += 1;
      await route.abort('connectionreset');
    });
    await tap(page, 'unclear').click();
    await first(page).locator('.error', { hasText: 'Chưa gửi được' }).waitFor();
    expect(await tap(page, 'unclear').getAttribute('aria-pressed')).toBe('true');
    expect(await screen.faults()).toEqual([]);
    await pictureOf(page, 'hear-phone-unsent');
    await page.unroute('**/api/public/hearings/*/sessions/*');
    await first(page).locator('button.primary').click();
    await given(page, 'Nghe không rõ');
    expect([lost, await answers()]).toEqual([1, ['unclear']]);
    await close();
  });

  it('without a network nothing is lost: it goes on by itself when the network is back', async () => {
    const page = await open();
    await screen.context.setOffline(true);
    await tap(page, 'clear').click();
    await first(page).locator('.error', { hasText: 'Có mạng lại' }).waitFor();
    await screen.context.setOffline(false);
    await given(page, 'Nghe rõ');
    expect(await answers()).toEqual(['clear']);
    await close();
  });

  it('answered on another phone meanwhile: it is told, and shown what stands', async () => {
    const page = await open();
    const [session] = (await house.page(head.token)).sessions;
    await house.answer(head.token, session?.id ?? '', { answer: 'notHeard', seen: 0 });
    await tap(page, 'clear').click();
    await given(page, 'Không nghe');
    expect(await first(page).locator('.error').textContent()).toContain('vừa được đổi ở máy khác');
    expect(await answers()).toEqual(['notHeard']);
    await close();
  });

  it('a wrong address opens nothing; the page loads nothing from elsewhere; it speaks English where the browser does', async () => {
    screen = await openScreen(browser, `${house.station.http}/nghe/${'x'.repeat(43)}`);
    await screen.page.waitForSelector('[role=alert]');
    expect(await screen.page.textContent('[role=alert]')).toContain('Liên kết này không dùng được');
    await close();
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    const answer = await page.goto(head.address);
    await page.waitForSelector('.session');
    expect(await page.textContent('h1')).toBe('Was it heard?');
    expect(answer?.headers()).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(asked).toEqual(new Set([house.station.http]));
    await context.close();
  });
});
