import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { draftOf } from '../../proof/testing/pack.js';
import { qrSvg } from '../../src/platform/links/index.js';
import { rankedCauses, type ShownCell } from '../../src/reports/engine/tables.js';
import { printed } from '../../src/reports/pdf/printer.js';
import { reportDocument } from '../../src/reports/pdf/report-document.js';
import { readQr } from '../support/qr-reader.js';
import { describeInChromium, launchChromium } from './page-driver.js';

const SHOTS = '.cache/screenshots';
const SCALE = 2;
/** As long as those of a log whose name is long. */
const CHECKPOINT = `vang/${'d'.repeat(40)}/2
100234
qFz3wH1Jb9mQmJm1oG6yq5bqk9Zq1sYzY3l2m0t9r8s=
signed 1795312345678

— vang/${'d'.repeat(40)}/2 ${'Ab3+'.repeat(23)}
`;
const LONG =
  'Hướng dẫn thủ tục vay vốn ưu đãi của Ngân hàng Chính sách xã hội dành cho hộ nghèo, hộ cận nghèo, hộ mới thoát nghèo';

describeInChromium('report.pdf, as somebody sees it', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    await mkdir(SHOTS, { recursive: true });
    browser = await launchChromium();
    page = await browser.newPage();
    const pdfjs = await readFile(fileURLToPath(import.meta.resolve('unpdf/pdfjs')));
    await page.route('**/*', (route) => {
      const isScript = route.request().url().endsWith('/pdfjs.mjs');
      const answer = isScript
        ? { contentType: 'text/javascript', body: pdfjs }
        : { contentType: 'text/html', body: '<canvas></canvas>' };
      return route.fulfill(answer);
    });
    await page.goto('http://report.test/');
  });
  afterAll(() => browser.close());

  /** @returns how many pages it has */
  const opened = async (pdf: Buffer): Promise<number> =>
    Number(
      await page.evaluate(`(async () => {
        const { getDocument } = await import('/pdfjs.mjs');
        const data = Uint8Array.from(atob('${pdf.toString('base64')}'), (letter) => letter.charCodeAt(0));
        window.pages = await getDocument({ data }).promise;
        return window.pages.numPages;
      })()`),
    );
  /** Dark and light of a page, row by row; and what reaches beyond its right edge. */
  const seen = async (number: number, name: string) => {
    const { png, bits, width, height } = (await page.evaluate(`(async () => {
      const page = await window.pages.getPage(${number});
      const viewport = page.getViewport({ scale: ${SCALE} });
      const canvas = document.querySelector('canvas');
      [canvas.width, canvas.height] = [viewport.width, viewport.height];
      const context = canvas.getContext('2d');
      await page.render({ canvasContext: context, viewport }).promise;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let bits = '';
      for (let at = 0; at < data.length; at += 4) bits += data[at] + data[at + 1] + data[at + 2] < 384 ? '1' : '0';
      return { png: canvas.toDataURL('image/png'), bits, width: canvas.width, height: canvas.height };
    })()`)) as { png: string; bits: string; width: number; height: number };
    await writeFile(`${SHOTS}/report-${name}-${number}.png`, Buffer.from(png.split(',')[1] ?? '', 'base64'));
    return { width, height, dark: (x: number, y: number) => bits[y * width + x] === '1' };
  };

  const cells = (open: boolean): ShownCell[] =>
    Array.from({ length: 95 }, (_, n) => ({
      item: { id: 'item-1', title: LONG },
      hamlet: { id: `h${n}`, name: `Ấp ${n}`, communeId: `c${n % 12}`, communeName: `Xã ${n % 12}` },
      state: open ? 'notPlayed' : 'complete',
      clusters: [],
      ...{ heard: 0, declared: 0 },
    }));
  const reportOf = (open: boolean, empty: boolean) => {
    const shown = empty ? [] : cells(open);
    const { head } = draftOf({ devices: 2, receipts: 4, run: 2 });
    const hamlets = shown.map(({ hamlet }) => hamlet);
    return printed(
      reportDocument({
        head: {
          ...head,
          plan: { ...head.plan, title: LONG },
          rule: { ...head.rule, leastGrade: 'heard', languages: ['sti'] },
        },
        coverage: { items: empty ? [] : [{ id: 'item-1' }], hamlets, cells: shown },
        causes: rankedCauses(shown, 'completed'),
        declared: [
          ...[{ itemTitle: LONG, hamletName: 'Ấp 1', communeName: 'Xã 1', day: '2026-01-06', person: 'Bà Bé' }].map(
            (each) => ({
              ...each,
              enteredByName: 'Chị Hoa',
            }),
          ),
        ],
        devices: [],
        ...{ checkpoint: CHECKPOINT, checkpointQr: qrSvg(CHECKPOINT), rootFingerprint: 'f'.repeat(64), verifier: null },
      }),
    );
  };

  it.each([
    ['missing', true, false],
    ['done', false, false],
    ['empty', false, true],
  ] as const)(
    '%s: nothing runs off a page, and its last one has the checkpoint as a QR code, letter by letter',
    async (name, open, empty) => {
      const pages = await opened(await reportOf(open, empty));
      expect(pages).toBeGreaterThan(1);
      for (let number = 1; number <= pages; number++) {
        const picture = await seen(number, name);
        const margin = Array.from({ length: picture.height }, (_, y) => y).filter((y) =>
          [...Array(30 * SCALE).keys()].some((x) => picture.dark(picture.width - 1 - x, y)),
        );
        expect([number, margin]).toEqual([number, []]);
        if (number === pages) expect(readQr(picture)).toBe(CHECKPOINT);
      }
    },
  );
});
