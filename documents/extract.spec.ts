import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { extractDocument } from './index.js';
import { docx, item, paragraph, run, table } from './testing/docx.js';
import { type DocumentFolder, documentFolder } from './testing/folder.js';
import { NOTICES } from './testing/notices.js';
import { toTcvn3, toVni, toWindows1258 } from './testing/old-encodings.js';
import { oneBytePdf, pdf, scannedPdf } from './testing/pdf.js';
import { oleFile, word97 } from './testing/word97.js';
import { zip } from './testing/zip.js';
import { decodeWindows1252 } from './text/windows-1252.js';

let folder: DocumentFolder;
beforeAll(async () => {
  folder = await documentFolder();
});
afterAll(() => folder.remove());

const extract = async (bytes: Uint8Array | string, name: string) =>
  extractDocument({ path: await folder.put(bytes), name });
const refused = (code: string) => expect.objectContaining({ name: 'DocumentProblem', code });

describe('a Word document', () => {
  test('gives its headings, paragraphs, lists and tables in order', async () => {
    const bytes = await docx({
      body:
        paragraph('Thông báo tiêm phòng', 'Heading1') +
        paragraph(NOTICES[0]) +
        item('mang theo sổ', 1) +
        item('đến đúng giờ', 1) +
        table([
          ['Thôn', 'Ngày'],
          ['Thôn 1', '5/3'],
        ]) +
        paragraph('') +
        paragraph('Trân trọng.'),
    });
    expect(await extract(bytes, 'thong-bao.docx')).toEqual({
      format: 'docx',
      title: 'Thông báo tiêm phòng',
      text: `Thông báo tiêm phòng\n\n${NOTICES[0]}\n\n- mang theo sổ\n- đến đúng giờ\n\nThôn; Ngày\nThôn 1; 5/3\n\nTrân trọng.`,
      encoding: null,
      notes: ['tablesFlattened'],
      frontMatter: null,
    });
  });

  test('says that the numbers of its lists and its pictures are not in the text', async () => {
    const picture =
      '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="r3"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>';
    const bytes = await docx({
      body: item('việc thứ nhất', 2) + item('việc thứ hai', 2) + picture,
      more: { 'word/media/image1.png': 'not even a picture: it is never opened' },
    });
    const { text, notes } = await extract(bytes, 'a.docx');
    expect(text).toBe('- việc thứ nhất\n- việc thứ hai');
    expect(notes).toEqual(['listNumbersDropped', 'imagesIgnored']);
  });

  test('with macros is read without them, and says so', async () => {
    const bytes = await docx({ body: paragraph(NOTICES[1]), more: { 'word/vbaProject.bin': 'Sub AutoOpen()' } });
    expect(await extract(bytes, 'a.docm')).toMatchObject({ text: NOTICES[1], notes: ['macrosIgnored'] });
  });

  test('set in .VnTime and .VnTimeH is converted by its fonts, capitals too', async () => {
    const tcvn3 = (text: string) => decodeWindows1252(toTcvn3(text));
    const bytes = await docx({
      body: `<w:p>${run(tcvn3('thông báo'), '.VnTimeH')}${run(tcvn3(' lịch tiêm phòng'), '.VnTime')}</w:p><w:p>${run(NOTICES[2], '.VnTime')}</w:p>`,
    });
    const { text, notes } = await extract(bytes, 'a.docx');
    expect(text).toBe(`THÔNG BÁO lịch tiêm phòng\n\n${NOTICES[2]}`);
    expect(notes).toEqual(['convertedTcvn3']);
  });

  test('whose style names the VNI font is converted', async () => {
    const bytes = await docx({
      body: paragraph(decodeWindows1252(toVni('bà Bảy có lá'))),
      styles:
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:rPr><w:rFonts w:ascii="VNI-Times"/></w:rPr></w:style>',
    });
    expect(await extract(bytes, 'a.docx')).toMatchObject({ text: 'bà Bảy có lá', notes: ['convertedVni'] });
  });

  test('under a wrong name is read for what it is', async () => {
    expect(await extract(await docx({ body: paragraph('Xin chào') }), 'a.pdf')).toMatchObject({
      format: 'docx',
      notes: ['extensionMisleading'],
    });
  });

  test.each([
    ['without any text', async () => docx({ body: paragraph('') }), 'document.noText'],
    [
      'cut in the middle',
      async () => (await docx({ body: paragraph('Xin chào') })).subarray(0, 900),
      'document.damaged',
    ],
    ['with broken XML', () => docx({ body: '<w:p><w:r>' }), 'document.damaged'],
    [
      'that is a workbook',
      () => zip({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': '<workbook/>' }),
      'document.unknownFormat',
    ],
    [
      'that is protected',
      async () => oleFile([{ name: 'EncryptedPackage', bytes: Buffer.alloc(4_096) }]),
      'document.encrypted',
    ],
  ])('%s is refused', async (_, make, code) => {
    await expect(extract(await make(), 'a.docx')).rejects.toEqual(refused(code));
  });
});

describe('an old Word document', () => {
  test('in Unicode gives its paragraphs', async () => {
    const bytes = word97({ text: `${NOTICES[0]}\r${NOTICES[1]}\r`, unicode: true });
    expect(await extract(bytes, 'a.doc')).toMatchObject({
      format: 'doc',
      text: `${NOTICES[0]}\n\n${NOTICES[1]}`,
      encoding: null,
      notes: [],
    });
  });

  test.each([
    ['TCVN3', toTcvn3, 'convertedTcvn3'],
    ['VNI', toVni, 'convertedVni'],
  ])('in %s is converted, and says so', async (_, encode, note) => {
    const text = Buffer.concat(NOTICES.slice(0, 3).map((notice) => Buffer.from([...encode(notice), 0x0d])));
    expect(await extract(word97({ text }), 'a.doc')).toMatchObject({
      text: NOTICES.slice(0, 3)
        .join('\n\n')
        .replace('Ủy', note === 'convertedTcvn3' ? 'ủy' : 'Ủy'),
      notes: [note],
    });
  });

  test('with a table gives it row by row', async () => {
    // \x07 ends a cell; word-extractor makes a line end of the last mark of a row.
    const bytes = word97({ text: 'Lich tiem\rThon\x07Ngay\x07\rThon 1\x075/3\x07\rHet\r' });
    expect(await extract(bytes, 'a.doc')).toMatchObject({
      text: 'Lich tiem\n\nThon; Ngay\nThon 1; 5/3\n\nHet',
      notes: ['tablesFlattened'],
    });
  });

  test('with macros is read without them, and says so', async () => {
    const bytes = word97({ text: 'Xin moi ba con\r', storages: ['Macros'] });
    expect(await extract(bytes, 'a.doc')).toMatchObject({ text: 'Xin moi ba con', notes: ['macrosIgnored'] });
  });

  test.each([
    ['that is encrypted', word97({ text: 'a\r', encrypted: true }), 'document.encrypted'],
    ['that is a workbook', oleFile([{ name: 'Workbook', bytes: Buffer.alloc(4_096) }]), 'document.unknownFormat'],
    ['cut in the middle', word97({ text: 'Xin chao\r'.repeat(400) }).subarray(0, 2_048), 'document.damaged'],
    ['without any text', word97({ text: '\r\r' }), 'document.noText'],
    ['that is RTF', '{\\rtf1\\ansi Xin chao}', 'document.unknownFormat'],
    ['that is a web page', '<html><body>Xin chao</body></html>', 'document.damaged'],
  ])('%s is refused', async (_, bytes, code) => {
    await expect(extract(bytes, 'a.doc')).rejects.toEqual(refused(code));
  });
});

describe('a PDF', () => {
  const long = NOTICES.slice(1, 5).join(' ');

  test('gives whole paragraphs again, without page numbers', async () => {
    const bytes = await pdf({
      footer: (page: number) => ({ text: String(page), alignment: 'center' }),
      content: [
        { text: 'THÔNG BÁO', fontSize: 20, margin: [0, 0, 0, 12] },
        { text: long, margin: [0, 0, 0, 10] },
        { text: NOTICES[9], margin: [0, 0, 0, 10] },
        { ul: ['mang theo sổ', 'đến đúng giờ'] },
        { text: NOTICES[10], pageBreak: 'before' },
      ],
    });
    const read = await extract(bytes, 'a.pdf');
    expect(read.text.split('\n\n').slice(0, 3)).toEqual(['THÔNG BÁO', long, NOTICES[9]]);
    expect(read.text).toMatch(/mang theo sổ\s+đến đúng giờ/);
    expect(read.text.endsWith(`\n\n${NOTICES[10]}`)).toBe(true);
    expect(read).toMatchObject({ format: 'pdf', title: 'THÔNG BÁO', encoding: null, notes: ['pageNumbersDropped'] });
  });

  test.each([
    ['that says its characters', true],
    ['that leaves them to Windows', false],
  ])('in .VnTime %s is converted, every ư included', async (_, mapped) => {
    const lines = ['Từ 7 giờ mời người dân ở phường', 'được cấp thư, lương; chưa mưa thì chờ.'];
    const bytes = oneBytePdf(lines.map(toTcvn3), { mapped });
    expect(await extract(bytes, 'a.pdf')).toMatchObject({ text: lines.join(' '), notes: ['convertedTcvn3'] });
  });

  test('a paragraph that runs over the end of a page stays one', async () => {
    const text = Array(60).fill(NOTICES[2]).join(' ').replaceAll('. N', ', n');
    const read = await extract(await pdf({ content: [{ text, fontSize: 16 }] }), 'a.pdf');
    expect(read.text).toBe(text);
  });

  test.each([
    ['scanned, without a letter', () => scannedPdf(), 'document.noText'],
    [
      'that asks for a password',
      () => pdf({ content: ['Mật'], userPassword: 'x', ownerPassword: 'y' }),
      'document.encrypted',
    ],
    ['cut in the middle', async () => (await pdf({ content: [NOTICES[0]] })).subarray(0, 600), 'document.damaged'],
  ])('%s is refused', async (_, make, code) => {
    await expect(extract(await make(), 'a.pdf')).rejects.toEqual(refused(code));
  });
});

describe('a text file', () => {
  const text = NOTICES.slice(0, 4).join('\n');

  test.each([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['UTF-8 with split letters', Buffer.from(text.normalize('NFD')), 'utf-8'],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le'],
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le'), 'utf-16le'],
    ['UTF-16, upper byte first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'utf-16be'],
    ['ASCII', Buffer.from('The clinic opens at 7 am.'), 'utf-8'],
  ])('in %s is read as it is', async (_, bytes, encoding) => {
    const read = await extract(bytes, 'a.txt');
    expect(read).toMatchObject({ format: 'text', title: null, encoding, notes: [] });
    expect(read.text).toBe(encoding === 'utf-8' && bytes.length < 30 ? bytes.toString() : text);
  });

  test.each([
    ['tcvn3', toTcvn3, 'convertedTcvn3'],
    ['vni', toVni, 'convertedVni'],
    ['windows-1258', toWindows1258, 'convertedWindows1258'],
  ])('in %s is converted, and says so', async (encoding, encode, note) => {
    const read = await extract(encode(text), 'a.txt');
    expect(read).toMatchObject({ encoding, notes: [note] });
    expect(read.text.toLowerCase()).toBe(text.toLowerCase());
  });

  test('in Western European is read as a guess, and says so', async () => {
    const read = await extract(
      Buffer.from('Le café “La Mer” est ouvert.'.replace('“', '\x93').replace('”', '\x94'), 'latin1'),
      'a.txt',
    );
    expect(read).toMatchObject({
      encoding: 'windows-1252',
      text: 'Le café “La Mer” est ouvert.',
      notes: ['encodingGuessed'],
    });
  });

  test('loses what cannot be seen, keeps emoji, and says so', async () => {
    const read = await extract('Mời\u0000 bà\u0007 con\u202e gnàb\u202c 🎉\r\n\r\n\r\n\r\nđến\u00a0họp\ue000', 'a.txt');
    expect(read.text).toBe('Mời bà con gnàb 🎉\n\nđến họp');
    expect(read.notes).toEqual(['bidiRemoved', 'controlCharactersRemoved', 'emojiKept']);
  });

  test('of one megabyte in one line is read; one more letter is too much', async () => {
    const line = 'x'.repeat(2 ** 20 - 2);
    expect((await extract(`${line}đ`, 'a.txt')).text).toBe(`${line}đ`);
    await expect(extract(`${line}đđ`, 'a.txt')).rejects.toEqual(refused('document.tooLarge'));
  });

  test.each([
    ['empty', '', 'document.empty'],
    ['of blanks only', ' \n\t\u200e\u0001', 'document.empty'],
    [
      'with the bytes of a program',
      Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, ...Array(200).fill(0)]),
      'document.unknownFormat',
    ],
    [
      'with bytes at random',
      Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 7_919 + (at >> 3) * 31) % 256)),
      'document.notText',
    ],
    ['with a sound', Buffer.from('RIFF\x24\x00\x00\x00WAVE'), 'document.unknownFormat'],
  ])('%s is refused', async (_, bytes, code) => {
    await expect(extract(bytes, 'a.txt')).rejects.toEqual(refused(code));
  });

  test('under an unknown extension is refused', async () => {
    await expect(extract('key = value', 'a.ini')).rejects.toEqual(refused('document.unknownFormat'));
  });
});

describe('a Markdown file', () => {
  test('gives its front matter, its title and its text', async () => {
    const read = await extract(
      '---\ntitle: Lịch tiêm\ntopics: [y tế, 2]\nnested: {a: 1}\n---\n# Khác\n\nMời **bà con**.\n',
      'a.md',
    );
    expect(read).toEqual({
      format: 'markdown',
      title: 'Lịch tiêm',
      text: 'Khác\n\nMời bà con.',
      encoding: 'utf-8',
      notes: ['frontMatterIgnored'],
      frontMatter: { title: 'Lịch tiêm', topics: ['y tế', 2] },
    });
  });

  test('in TCVN3 is converted before its markup is read', async () => {
    const read = await extract(toTcvn3(`# Thông báo\n\n- ${NOTICES[2]}\n- ${NOTICES[8]}`), 'a.md');
    expect(read).toMatchObject({ title: 'Thông báo', encoding: 'tcvn3', notes: ['convertedTcvn3'] });
    expect(read.text).toBe(`Thông báo\n\n- ${NOTICES[2]}\n- ${NOTICES[8]}`);
  });
});

test('a file that is gone, and a reader that is no longer wanted, are no matter of the document', async () => {
  await expect(extractDocument({ path: `${await folder.put('x')}-gone`, name: 'a.txt' })).rejects.toMatchObject({
    code: 'ENOENT',
  });
  const path = await folder.put(await docx({ body: paragraph('Xin chào') }));
  const stop = new AbortController();
  const reading = extractDocument({ path, name: 'a.docx', signal: stop.signal });
  setImmediate(() => stop.abort(new Error('no longer wanted')));
  await expect(reading).rejects.toThrow('no longer wanted');
});

describe('whatever the bytes are', () => {
  const readOrRefuse = async (bytes: Uint8Array, name: string) => {
    const outcome = await extract(bytes, name).catch((error: unknown) => error);
    expect(outcome).toEqual(
      expect.objectContaining(
        'text' in (outcome as object) ? { text: expect.any(String) } : { name: 'DocumentProblem' },
      ),
    );
  };

  test('a text is read or refused by a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.constantFrom('a.txt', 'a.md'), readOrRefuse),
      { seed: 20_260_305, numRuns: 200 },
    );
  });

  test.each<[string, () => Promise<Buffer>]>([
    ['a.docx', () => docx({ body: paragraph(NOTICES[0]) + table([['a', 'b']]) })],
    ['a.doc', async () => word97({ text: Buffer.from(toTcvn3(`${NOTICES[0]}\r`)) })],
    ['a.pdf', () => pdf({ content: [NOTICES[0]] })],
  ])('damaged in places, %s is read or refused by a code', async (name, make) => {
    const bytes = await make();
    for (let turn = 1; turn <= 3; turn += 1) {
      const damaged = Buffer.from(bytes);
      for (let at = turn * 61; at < damaged.length; at += 397 * turn) damaged[at] = (damaged[at] ?? 0) ^ (1 << turn);
      await readOrRefuse(damaged, name);
    }
  });
});
