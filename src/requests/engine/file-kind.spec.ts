import { describe, expect, it } from '@jest/globals';
import { fileKindOf, mayBeAudio, mayBeSent } from './file-kind.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('what a sent file is', () => {
  it.each([
    ['Chrome records', '\x1a\x45\xdf\xa3\x42\x82\x84webm', '', 'audio/webm', 'audio/webm'],
    ['Safari records', '\0\0\0\x1cftypiso5', '', 'audio/mp4', 'audio/mp4'],
    ['Firefox records', 'OggS\0\x02', '', 'audio/ogg', 'audio/ogg'],
    ['a WAV under any name', 'RIFF\x24\0\0\0WAVEfmt ', 'x.bin', 'application/octet-stream', 'audio/wav'],
    ['an MP3 with a label', 'ID3\x04', 'a.mp3', 'audio/mpeg', 'audio/mpeg'],
    ['an MP3 without one', '\xff\xfb\x90\x44', 'a.mp3', 'audio/mpeg', 'audio/mpeg'],
    ['Word', 'PK\x03\x04', 'Công văn.DOCX', 'application/octet-stream', DOCX],
    ['Word by its type alone', 'PK\x03\x04', '', DOCX, DOCX],
    ['old Word', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a.doc', 'application/msword', 'application/msword'],
    ['PDF', '%PDF-1.7', 'a.pdf', 'application/pdf', 'application/pdf'],
    ['PDF with bytes of its writer in front', '\r\n\r\n%PDF-1.4', 'a.pdf', 'application/pdf', 'application/pdf'],
    ['text', 'Kính gửi', 'a.txt', 'text/plain', 'text/plain'],
    ['text of Notepad', '\xff\xfeK\0\xed\0', 'a.txt', 'text/plain', 'text/plain'],
    ['Markdown', '# Tin', 'a.md', 'application/octet-stream', 'text/markdown'],
    ['HTML inside a text is text', '<script>', 'a.txt', 'text/plain', 'text/plain'],
  ])('%s', (_, start, name, said, type) => expect(fileKindOf(bytes(start), name, said)?.type).toBe(type));

  it.each([
    ['a spreadsheet', 'PK\x03\x04', 'a.xlsx', 'application/octet-stream'],
    ['an archive', 'PK\x03\x04', 'a.zip', 'application/octet-stream'],
    ['another video container', '\x1a\x45\xdf\xa3\x42\x82\x88matroska', 'a.mkv', 'video/webm'],
    ['a picture of a telephone', '\0\0\0\x18ftypheic', 'a.m4a', 'audio/mp4'],
    ['AVI, which is RIFF too', 'RIFF\0\0\0\0AVI ', 'a.wav', 'audio/wav'],
    ['AAC without a container', '\xff\xf1\x50', 'a.aac', 'audio/aac'],
    ['a program', 'MZ\x90\0', 'a.txt', 'text/plain'],
    ['a script of a shell without a name', '#!/bin/sh', '', 'application/octet-stream'],
    ['text named as a document', 'Kính gửi', 'a.docx', 'text/plain'],
    ['a playlist', '#EXTM3U', 'a.m3u8', 'audio/mpegurl'],
    ['nothing', '', 'a.mp3', 'audio/mpeg'],
  ])('%s is not taken', (_, start, name, said) => expect(fileKindOf(bytes(start), name, said)).toBeNull());

  it('a type that nobody can mean is refused before the file is read', () => {
    for (const type of ['audio/webm', 'video/mp4', 'application/octet-stream', 'AUDIO/WAV'])
      expect([type, mayBeAudio(type), mayBeSent(type)]).toEqual([type, true, true]);
    for (const type of ['application/pdf', 'text/plain'])
      expect([type, mayBeAudio(type), mayBeSent(type)]).toEqual([type, false, true]);
    for (const type of ['', 'text/html', 'image/png', 'application/json', 'multipart/form-data', 'audio/', 'audio/x\n'])
      expect([type, mayBeAudio(type), mayBeSent(type)]).toEqual([type, false, false]);
  });
});
