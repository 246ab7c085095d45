import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DocumentLimits, extractDocument } from './index.js';
import { docx, paragraph } from './testing/docx.js';
import { type DocumentFolder, documentFolder } from './testing/folder.js';
import { loopingPdf } from './testing/pdf.js';
import { word97 } from './testing/word97.js';
import { rawZip } from './testing/zip.js';

let folder: DocumentFolder;
let server: Server;
let asked: string[];
let secret: string;
let address: string;
beforeAll(async () => {
  folder = await documentFolder();
  secret = await folder.put('the secret of this machine');
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('<!ENTITY pulled "pulled">');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await folder.remove();
});

const extract = async (bytes: Uint8Array | string, name: string, limits: Partial<DocumentLimits> = {}) =>
  extractDocument({ path: await folder.put(bytes), name, limits });
const refused = (code: string) => expect.objectContaining({ name: 'DocumentProblem', code });
const stillReads = async () =>
  expect(await extract(await docx({ body: paragraph('Xin chào') }), 'a.docx')).toMatchObject({ text: 'Xin chào' });

describe('a Word document that reaches out', () => {
  const laughs = Array.from({ length: 12 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');

  test.each([
    ['to a file', () => `<!DOCTYPE x [<!ENTITY x SYSTEM "file://${secret}">]>`],
    ['to an address', () => `<!DOCTYPE x [<!ENTITY x SYSTEM "${address}/entity">]>`],
    ['to a document type elsewhere', () => `<!DOCTYPE x SYSTEM "${address}/types.dtd">`],
    ['to a parameter entity', () => `<!DOCTYPE x [<!ENTITY % p SYSTEM "${address}/parameter">%p;]>`],
    ['to a billion laughs', () => `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}<!ENTITY x "&l12;">]>`],
  ])('%s by an entity is refused', async (_, prolog) => {
    const bytes = await docx({ prolog: prolog(), body: '<w:p><w:r><w:t>&x;</w:t></w:r></w:p>' });
    await expect(extract(bytes, 'a.docx')).rejects.toEqual(refused('document.forbiddenXml'));
    expect(asked).toEqual([]);
  });

  test('by a linked picture and a template elsewhere is read without them', async () => {
    const relations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r3" TargetMode="External" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="${address}/picture"/><Relationship Id="r4" TargetMode="External" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="file://${secret}"/><Relationship Id="r5" TargetMode="External" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="${address}/template"/></Relationships>`;
    const blip = (id: string) =>
      `<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="${id}"/></v:shape></w:pict></w:r></w:p>`;
    const bytes = await docx({
      body: paragraph('Xin chào') + blip('r3') + blip('r4'),
      more: { 'word/_rels/document.xml.rels': relations },
    });
    expect((await extract(bytes, 'a.docx')).text).toBe('Xin chào');
    expect(asked).toEqual([]);
  });
});

/** On a busy machine the time limit could come before the one that is tried. */
const PATIENT = { timeoutMs: 50_000 };

describe('a document that would use up the machine', () => {
  test('a bomb in the XML of a .docx ends by counting what comes out', async () => {
    const bytes = await docx({ body: paragraph(' '.repeat(60 * 1024 ** 2)) });
    expect(bytes.length).toBeLessThan(200_000);
    await expect(extract(bytes, 'a.docx', PATIENT)).rejects.toEqual(refused('document.tooLarge'));
    await stillReads();
  });

  test('a .docx that lies about its sizes is refused', async () => {
    const honest = '<x>'.repeat(1_000_000);
    const bytes = rawZip([{ name: '[Content_Types].xml', content: honest, statedBytes: 10 }]);
    await expect(extract(bytes, 'a.docx')).rejects.toEqual(refused('document.damaged'));
  });

  test('XML that is all elements ends at the memory limit', async () => {
    const bytes = await docx({ body: '<w:p/>'.repeat(1_200_000) });
    const limits = { ...PATIENT, maxMemoryBytes: 200 * 1024 ** 2 };
    await expect(extract(bytes, 'a.docx', limits)).rejects.toEqual(refused('document.tooLarge'));
    await stillReads();
  });

  test('XML that is nested without end is refused', async () => {
    const bytes = await docx({ body: '<w:sdt><w:sdtContent>'.repeat(100_000) });
    await expect(extract(bytes, 'a.docx')).rejects.toEqual(refused('document.damaged'));
  });

  test('an old Word document with a ring of sectors ends at the memory limit', async () => {
    const bytes = word97({ text: 'Xin chao\r' });
    // The directory of sectors goes round between two of them.
    const table = 512;
    const directory = bytes.readInt32LE(48);
    bytes.writeInt32LE(directory + 1, table + directory * 4);
    bytes.writeInt32LE(directory, table + (directory + 1) * 4);
    await expect(extract(bytes, 'a.doc', PATIENT)).rejects.toEqual(refused('document.tooLarge'));
    await stillReads();
  });

  test('a PDF that draws itself ten times ten times ten ends at the time limit, and the caller goes on meanwhile', async () => {
    let beats = 0;
    const beat = setInterval(() => {
      beats += 1;
    }, 50);
    const started = performance.now();
    await expect(extract(loopingPdf(), 'a.pdf', { timeoutMs: 1_500 })).rejects.toEqual(refused('document.tooSlow'));
    clearInterval(beat);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(1_400);
    expect(took).toBeLessThan(15_000);
    expect(beats).toBeGreaterThan(10);
    await stillReads();
  });

  test('is given up in the middle on abort', async () => {
    const path = await folder.put(loopingPdf());
    const stop = new AbortController();
    const reading = extractDocument({ path, name: 'a.pdf', signal: stop.signal });
    setTimeout(() => stop.abort(new Error('no longer wanted')), 600);
    await expect(reading).rejects.toThrow('no longer wanted');
  });

  test('three at a time wait for each other, and a waiting one can be called off', async () => {
    const path = await folder.put(loopingPdf());
    const slow = { path, name: 'a.pdf', limits: { timeoutMs: 800 } };
    const stop = new AbortController();
    const [first, second] = [extractDocument(slow), extractDocument(slow)];
    const third = extractDocument({ ...slow, signal: stop.signal });
    const fourth = stillReads();
    setTimeout(() => stop.abort(new Error('no longer wanted')), 100);
    await expect(third).rejects.toThrow('no longer wanted');
    await expect(first).rejects.toEqual(refused('document.tooSlow'));
    await expect(second).rejects.toEqual(refused('document.tooSlow'));
    await fourth;
  });

  test('a file over the limit is never read', async () => {
    const path = await folder.put('%PDF-1.7');
    await writeFile(path, Buffer.alloc(2_000), { flag: 'a' });
    await expect(extractDocument({ path, name: 'a.pdf', limits: { maxInputBytes: 1_000 } })).rejects.toEqual(
      refused('document.tooLarge'),
    );
  });

  test('more text than the limit is refused, not cut', async () => {
    const bytes = await docx({ body: paragraph('x'.repeat(2_000)) });
    await expect(extract(bytes, 'a.docx', { maxTextBytes: 1_000 })).rejects.toEqual(refused('document.tooLarge'));
  });
});
