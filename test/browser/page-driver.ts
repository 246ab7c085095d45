import { existsSync, mkdirSync } from 'node:fs';
import { describe } from '@jest/globals';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

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

/** A machine without Chromium reports the suite as skipped. */
export const describeInChromium = existsSync(CHROMIUM) ? describe : describe.skip;

/** @param more e.g. what stands for a microphone */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, ...more] });

export const SIZES = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1440, height: 900 },
} as const;
export type Size = keyof typeof SIZES;

// A refused login and a lost network are told by the browser as well, and are no fault of the page.
const EXPECTED = /status of 401|net::ERR_INTERNET_DISCONNECTED|net::ERR_CONNECTION_REFUSED/;

/** What the browser complains of from now on: errors, policy violations, dialogs. A good page leaves it empty. */
export function complaintsOf(page: Page, expected: RegExp = EXPECTED): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return complaints;
}

/** Everything that sticks out of the viewport to the right; what scrolls by itself is excepted. */
export const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('body *')]
    .filter((node) => !node.parentElement.closest('.scroller') && !node.closest('.spoken, svg'))
    .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map((node) => node.tagName + '.' + node.className)
    .concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['page'] : [])`);

/** Buttons, fields and choices that are shown and lower than a finger needs (44 px); a box to tick counts with its label. */
export const lowTargets = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('button, input, select, textarea, a')]
    .map((node) => (node.type === 'checkbox' ? node.closest('label, .pick') ?? node : node))
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
    .map((node) => node.outerHTML)`);

/** Left where a person can look at it: the whole page, or what stands in the window. */
export async function pictureOf(page: Page, name: string, of: 'page' | 'window' = 'page'): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: of === 'page' });
}

export const STATES = ['complete', 'partial', 'notPlayed', 'unknown', 'notPlanned'] as const;

/** The coverage page as a person uses it, on any service: the real one or the stand-in of the specs. */
export class CoveragePage {
  private constructor(
    readonly page: Page,
    /** What the browser complained of: errors, policy violations, dialogs. A good page leaves it empty. */
    readonly complaints: readonly string[],
  ) {}

  /** @param search e.g. `?lang=en` */
  static async open(browser: Browser, baseUrl: string, size: Size, search = ''): Promise<CoveragePage> {
    const context = await browser.newContext({ viewport: SIZES[size], locale: 'vi-VN', timezoneId: 'UTC' });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${baseUrl}/${search}`);
    return new CoveragePage(page, complaints);
  }

  async logIn(login: string, password: string): Promise<void> {
    await this.page.fill('input[name=login]', login);
    await this.page.fill('input[name=password]', password);
    await this.page.click('button[type=submit]');
  }

  /** Waits for the figures. */
  async ready(): Promise<this> {
    await this.page.waitForSelector('.verdict');
    return this;
  }

  /** From the list of a phone or the buttons of a wide screen to the cells of one commune. */
  async openCommune(name: string): Promise<void> {
    const entries = this.page.locator('.communes li:not(.every) button');
    await entries.filter({ has: this.page.getByText(name, { exact: true }) }).click();
    await this.page.waitForSelector('.dashboard[data-view=commune]');
  }

  async backToCommunes(): Promise<void> {
    await this.page.click('.grid .back');
  }

  async chooseLine(title: string): Promise<void> {
    await this.page.selectOption('header select', { label: title });
    await this.page.locator('h1', { hasText: title }).waitFor();
  }

  cellsIn(state: (typeof STATES)[number]): Locator {
    return this.page.locator(`td.${state}`);
  }

  /** `row` and `column` count from 1 within what is shown. */
  cell(row: number, column: number): Locator {
    return this.page.locator(`tbody tr:nth-child(${row}) td:nth-of-type(${column})`);
  }

  async words(selector: string): Promise<string> {
    return (await this.page.locator(selector).first().textContent()) ?? '';
  }

  /** Waits until the words are there: the page polls by itself. */
  async waitForWords(selector: string, words: string): Promise<void> {
    await this.page.locator(selector, { hasText: words }).waitFor({ timeout: 20_000 });
  }

  overflowing(): Promise<string[]> {
    return overflowing(this.page);
  }

  lowTargets(): Promise<string[]> {
    return lowTargets(this.page);
  }

  /** The whole page, or what stands in the window. */
  picture(name: string, of: 'page' | 'window' = 'page'): Promise<void> {
    return pictureOf(this.page, name, of);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
