import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import type { ArchivedItem } from '../library/index.js';
import { isItem, libraryFile, libraryHeader, readLibrary, writtenLibrary } from './library-file.js';

const HEADER = libraryHeader.parse({
  format: 'vang-library',
  version: 1,
  installation: 'f',
  demo: false,
  exportedAtMs: 1,
  area: { code: 'ak', name: 'An Khương' },
  includesAudio: true,
});

const item = (id: string, text: string): ArchivedItem => ({
  id,
  groupId: id,
  areaCode: 'ak',
  areaName: 'An Khương',
  kind: 'script',
  language: 'vi',
  planLineId: null,
  createdAtMs: 1,
  approvedVersion: null,
  origin: null,
  versions: [
    {
      n: 1,
      text,
      textSha256: 'a'.repeat(64),
      metadata: {
        title: 'Bài',
        topic: '',
        field: 1,
        audience: [],
        form: '',
        programme: '',
        sourceOffice: '',
        sponsor: '',
        byline: '',
        validFrom: null,
        validTo: null,
        thirdParty: null,
      },
      content: null,
      speech: null,
      authorName: 'Hoa',
      correctedByName: null,
      speakerName: null,
      createdAtMs: 1,
      status: 'draft',
      statusReason: null,
      submittedByName: null,
      submittedAtMs: null,
      reviewerName: null,
      approverName: null,
      onBehalfOf: null,
      decidedAtMs: null,
      airedByName: null,
      upload: null,
      audio: null,
    },
  ],
});

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function written(items: readonly ArchivedItem[]): Promise<string> {
  let text = '';
  for await (const piece of writtenLibrary(HEADER, each(items))) text += piece;
  return text;
}

async function read(text: string, size: number) {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const found = [];
  for await (const each_ of readLibrary(each(pieces))) found.push(each_);
  return found;
}

describe('vang-library.json', () => {
  it('is one JSON document, and reads back the same from pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 4 }),
        fc.integer({ min: 7, max: 200 }),
        async (texts, size) => {
          const items = texts.map((text, i) => item(`i${i}`, text));
          const text = await written(items);
          expect(libraryFile.parse(JSON.parse(text))).toEqual({ ...HEADER, items });
          const found = await read(text, size);
          expect(found[0]).toEqual(HEADER);
          expect(found.slice(1).map((entry) => (isItem(entry) ? entry.item : null))).toEqual(items);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('an item that is none is told by its place; the others are read', async () => {
    const text = (await written([item('a', 'x'), item('b', 'y')])).replace('"kind":"script"', '"kind":"virus"');
    const found = (await read(text, 50)).filter(isItem);
    expect(found.map(({ place, item: read }) => [place, read?.id ?? null])).toEqual([
      [0, null],
      [1, 'b'],
    ]);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -4)],
    ['a newer version', (text: string) => text.replace('"version":1', '"version":2')],
    ['something else', () => '{"a":1}\n'],
    ['empty', () => ''],
    ['something behind the end', (text: string) => `${text}[1]\n`],
  ])('%s is not read', async (_what, change) => {
    await expect(read(change(await written([item('a', 'x')])), 64)).rejects.toThrow();
  });

  it('has a JSON Schema', () => {
    expect(z.toJSONSchema(libraryFile)).toMatchObject({ type: 'object', required: expect.arrayContaining(['items']) });
  });
});
