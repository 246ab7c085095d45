import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

// One document, then this thread ends and its memory with it. Nothing but pdfmake's own fonts is ever opened.

const require = createRequire(import.meta.url);
/** @type {import('./pdfmake.js').PdfMaker} */
const maker = require('pdfmake');
const fonts = join(dirname(require.resolve('pdfmake/package.json')), 'fonts', 'Roboto');
maker.setFonts({
  Roboto: {
    normal: join(fonts, 'Roboto-Regular.ttf'),
    bold: join(fonts, 'Roboto-Medium.ttf'),
    italics: join(fonts, 'Roboto-Italic.ttf'),
    bolditalics: join(fonts, 'Roboto-MediumItalic.ttf'),
  },
});
maker.setUrlAccessPolicy(() => false);
maker.setLocalAccessPolicy((path) => path.startsWith(fonts));

/** Of a heading, as a part of the page's height. */
const LOWEST = 0.86;

const { definition, footer } = workerData;
const pdf = await maker
  .createPdf({
    ...definition,
    /** @param {number} page @param {number} pages */
    footer: (page, pages) => ({
      margin: [42, 14, 42, 0],
      columns: [
        { text: footer, style: 'soft', fontSize: 8 },
        { text: `Trang ${page}/${pages}`, alignment: 'right', style: 'soft', fontSize: 8, width: 70 },
      ],
    }),
    // A heading at the foot of a page would stand apart from what it heads.
    /** @param {{ headlineLevel?: number, startPosition: { verticalRatio: number } }} node */
    pageBreakBefore: ({ headlineLevel, startPosition }) => headlineLevel === 1 && startPosition.verticalRatio > LOWEST,
  })
  .getBuffer();
parentPort?.postMessage(pdf);
