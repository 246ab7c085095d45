import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface PdfMaker {
  setFonts(fonts: Record<string, Record<string, string>>): void;
  setUrlAccessPolicy(allowed: (url: string) => boolean): void;
  setLocalAccessPolicy(allowed: (path: string) => boolean): void;
  createPdf(definition: object): { getBuffer(): Promise<Buffer> };
}

let maker: PdfMaker | null = null;

/** Read when the first document is printed: a service that prints none keeps the memory. Nothing but its own fonts is ever opened. */
function pdfMaker(): PdfMaker {
  if (maker) return maker;
  const require = createRequire(import.meta.url);
  const made: PdfMaker = require('pdfmake');
  const fonts = join(dirname(require.resolve('pdfmake/package.json')), 'fonts', 'Roboto');
  made.setFonts({
    Roboto: {
      normal: join(fonts, 'Roboto-Regular.ttf'),
      bold: join(fonts, 'Roboto-Medium.ttf'),
      italics: join(fonts, 'Roboto-Italic.ttf'),
      bolditalics: join(fonts, 'Roboto-MediumItalic.ttf'),
    },
  });
  made.setUrlAccessPolicy(() => false);
  made.setLocalAccessPolicy((path) => path.startsWith(fonts));
  maker = made;
  return made;
}

/** @param definition of pdfmake */
export const printed = (definition: object): Promise<Buffer> => pdfMaker().createPdf(definition).getBuffer();
