import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

interface PdfMaker {
  setFonts(fonts: Record<string, Record<string, string>>): void;
  setUrlAccessPolicy(allowed: (url: string) => boolean): void;
  setLocalAccessPolicy(allowed: (path: string) => boolean): void;
  createPdf(definition: object): { getBuffer(): Promise<Buffer> };
}

const require = createRequire(import.meta.url);
const pdfmake: PdfMaker = require('pdfmake');
const fonts = join(dirname(require.resolve('pdfmake/package.json')), 'fonts', 'Roboto');
pdfmake.setFonts({
  Roboto: {
    normal: join(fonts, 'Roboto-Regular.ttf'),
    bold: join(fonts, 'Roboto-Medium.ttf'),
    italics: join(fonts, 'Roboto-Italic.ttf'),
    bolditalics: join(fonts, 'Roboto-MediumItalic.ttf'),
  },
});
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => path.startsWith(fonts));

/** A printed document as an office makes it; `definition` is pdfmake's. */
export const pdf = (definition: object): Promise<Buffer> =>
  pdfmake.createPdf({ pageSize: 'A4', ...definition }).getBuffer();

/** What a scanner delivers: a picture on each page and no letter. */
export const scannedPdf = (): Promise<Buffer> =>
  pdf({ content: [{ image: `data:image/png;base64,${png()}`, width: 400 }] });

function png(): string {
  const size = 64;
  const rows = Buffer.alloc(size * (size + 1), 0x80);
  for (let row = 0; row < size; row += 1) rows[row * (size + 1)] = 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const mark = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    mark,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]).toString('base64');
}

/** Each form draws the next one ten times: twelve levels are a million million times. */
export function loopingPdf(): Buffer {
  const levels = 12;
  const form = (level: number) => {
    const next = level === levels ? '' : `/XObject<</F ${level + 6} 0 R>>`;
    const content = level === levels ? 'BT /T 9 Tf (ha) Tj ET' : '/F Do '.repeat(10);
    return stream(`/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<${next}/Font<</T 5 0 R>>>>`, content);
  };
  return rawPdf([
    ...onePage('/XObject<</F 6 0 R>>', '/F Do'),
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    ...Array.from({ length: levels }, (_, at) => form(at + 1)),
  ]);
}

/**
 * Lines set in a font of one byte for a letter, as .VnTime is. Newer writers say which character each code is (here: the same one);
 * old ones leave it to the encoding of Windows, where 0xAD is a hyphen.
 */
export function oneBytePdf(lines: readonly Uint8Array[], { mapped }: { readonly mapped: boolean }): Buffer {
  const hex = (bytes: Uint8Array) => `<${Buffer.from(bytes).toString('hex')}>`;
  const shown = lines.map((line) => `${hex(line)} Tj 0 -14 Td`).join(' ');
  const map =
    'begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <FF> <0020> endbfrange endcmap';
  return rawPdf([
    ...onePage('/Font<</T 5 0 R>>', `BT /T 10 Tf 50 700 Td ${shown} ET`),
    `<</Type/Font/Subtype/TrueType/BaseFont/VnTime/Encoding/WinAnsiEncoding${mapped ? '/ToUnicode 6 0 R' : ''}>>`,
    stream('', map),
  ]);
}

const stream = (dictionary: string, content: string): string =>
  `<<${dictionary}/Length ${content.length}>>\nstream\n${content}\nendstream`;

/** Objects 1 to 4. */
const onePage = (resources: string, content: string): string[] => [
  '<</Type/Catalog/Pages 2 0 R>>',
  '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<${resources}>>>>`,
  stream('', content),
];

function rawPdf(objects: readonly string[]): Buffer {
  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const size = objects.length + 1;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries}`;
  return Buffer.from(
    `${file}${table}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF`,
    'latin1',
  );
}
