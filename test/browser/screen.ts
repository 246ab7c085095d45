import type { Browser, BrowserContext, Page } from 'playwright-core';
import { complaintsOf, lowTargets, overflowing, SIZES, type Size } from './page-driver.js';

/** What the browser says itself of a refusal or of a line that a spec takes away. */
const EXPECTED = /status of 4\d\d|status of 503|net::ERR_/;

export interface Screen {
  readonly page: Page;
  readonly context: BrowserContext;
  /** A good page leaves it empty. */
  readonly complaints: readonly string[];
  /** What sticks out to the right, and what is too low for a finger. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

/** One browser of one person: what it keeps is gone when the screen is closed. */
export async function openScreen(
  browser: Browser,
  address: string,
  size: Size = 'phone',
  permissions: readonly string[] = [],
): Promise<Screen> {
  const context = await browser.newContext({ viewport: SIZES[size], locale: 'vi-VN', timezoneId: 'UTC' });
  if (permissions.length > 0) await context.grantPermissions([...permissions]);
  const page = await context.newPage();
  const complaints = complaintsOf(page, EXPECTED);
  await page.goto(address);
  return {
    page,
    context,
    complaints,
    faults: async () => [...(await overflowing(page)), ...(await lowTargets(page))],
    close: () => context.close(),
  };
}
