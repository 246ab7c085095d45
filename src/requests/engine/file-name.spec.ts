import { describe, expect, it } from '@jest/globals';
import { decodedName, tidyName } from './file-name.js';

describe('the name of a sent file', () => {
  it.each([
    ['', ''],
    ['th%C3%B4ng%20b%C3%A1o.docx', 'thông báo.docx'],
    ['a%00b', 'a\0b'],
    ['%FF', null],
    ['100%', null],
    ['thông.txt', null],
    ['a\nb', null],
  ])('the header %j says %j', (header, name) => expect(decodedName(header)).toBe(name));

  it.each([
    ['../../keys/root.key', 'root.key'],
    ['C:\\Users\\lan\\a.doc', 'a.doc'],
    ['/', 'tep'],
    ['...', 'tep'],
    ['.htaccess', 'htaccess'],
    ['a\r\nb\0c', 'a b c'],
    ['a\u202etxt.exe', 'a txt.exe'],
    ['a<b>:"c|?*.txt', 'a-b---c---.txt'],
    ['Thông báo'.normalize('NFD'), 'Thông báo'],
    [' a  b .txt ', 'a b .txt'],
  ])('%j is shown as %j', (raw, name) => expect(tidyName(raw, 'tep')).toBe(name));

  it('a long one is cut by letters, its ending kept', () => {
    const name = tidyName(`${'🎺'.repeat(200)}.mp3`, 'tep');
    expect([...name]).toHaveLength(120);
    expect(name.endsWith('🎺.mp3')).toBe(true);
  });
});
