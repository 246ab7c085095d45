import { describe, expect, it } from '@jest/globals';
import { familyOf } from './file-family.js';
import { decodedName, showableName, titleOfName } from './file-name.js';
import { throttled } from './throttle.js';

const head = (text: string) => Buffer.from(text, 'latin1');

describe('what a file is', () => {
  it.each([
    ['a ZIP', 'PK\x03\x04', 'bai.zip', 'archive'],
    ['a ZIP without an ending', 'PK\x03\x04', 'bai', 'archive'],
    ['an empty ZIP', 'PK\x05\x06', 'bai.zip', 'archive'],
    ['a Word document is a ZIP inside', 'PK\x03\x04', 'bai.DOCX', 'document'],
    ['an export', `PK\x03\x04${'\0'.repeat(26)}vang-library.json`, 'x.zip', 'library'],
    ['MP3 with a tag', 'ID3\x04', 'a.mp3', 'audio'],
    ['MP3 without one', '\xff\xfb\x90', 'a.mp3', 'audio'],
    ['a telephone recording', '\0\0\0\x18ftypM4A ', 'a.m4a', 'audio'],
    ['a picture of a telephone', '\0\0\0\x18ftypheic', 'a.heic', null],
    ['a recording under a wrong name', 'OggSxxxx', 'bai.txt', 'audio'],
    ['UTF-16', '\xff\xfeK\0', 'a.txt', 'document'],
    ['an AVI', 'RIFF\0\0\0\0AVI ', 'a.avi', null],
    ['a PDF under a wrong name', '%PDF-1.7', 'a.xyz', 'document'],
    ['a picture', '\x89PNG', 'a.png', null],
    ['a text without an ending', 'Kinh thua', 'THONGBAO', 'document'],
    ['something that is called MP3', 'Kinh thua', 'a.mp3', 'document'],
  ])('%s', (_what, bytes, name, family) => {
    expect(familyOf(head(bytes), name)).toBe(family);
  });
});

describe('the name of a file', () => {
  it.each([
    ['Ti%E1%BA%BFng%2Fa.txt', 'Tiếng/a.txt'],
    ['%ff', null],
    ['%E1%BA', null],
    ['a\u00e9', null],
  ])('%j in a header', (header, name) => {
    expect(decodedName(header)).toBe(name);
  });

  it.each([
    ['Thang 3/thong_bao  tiem.phong.docx', 'thong bao tiem.phong'],
    ['.docx', '.docx'],
    ['a/b', 'b'],
  ])('%j is a title', (name, title) => {
    expect(titleOfName(name)).toBe(title);
  });

  it('is shown without what would hide in it', () => {
    expect(showableName('a\u202egpj.exe\n')).toBe('a\ufffdgpj.exe\ufffd');
    expect(showableName('x'.repeat(1_000))).toHaveLength(300);
  });
});

describe('telling how far it is', () => {
  it('at most once in a while', () => {
    let nowMs = 0;
    const heard: number[] = [];
    const tell = throttled(
      100,
      () => nowMs,
      (n: number) => heard.push(n),
    );
    for (; nowMs < 350; nowMs += 30) tell(nowMs);
    expect(heard).toEqual([0, 120, 240]);
  });
});
