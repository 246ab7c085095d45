import { expect, test } from '@jest/globals';
import { inputArgs } from './input.js';

const after = (args: readonly string[], option: string) => args[args.indexOf(option) + 1];

test('ffmpeg may open files only, by one stated demuxer, with known codecs', () => {
  const args = inputArgs({ path: '/store/a.mp3', container: { format: 'mp3', strict: false }, maxDurationMs: 10_000 });
  expect(after(args, '-protocol_whitelist')).toBe('file,pipe');
  expect(after(args, '-f')).toBe('mp3');
  expect(after(args, '-codec_whitelist')).not.toMatch(/h264|png|concat/);
  expect(after(args, '-threads')).toBe('1');
  expect(after(args, '-t')).toBe('12');
});

test('a path that looks like an option or an address stays a path', () => {
  const args = inputArgs({ path: 'http://x/-y.wav', container: { format: 'wav', strict: true }, maxDurationMs: 1 });
  expect(args.at(-1)).toMatch(/^file:\/.*\/http:\/x\/-y\.wav$/);
});

test('an MP4 may not point to sound in another file', () => {
  expect(inputArgs({ path: '/a', container: { format: 'mp4', strict: true }, maxDurationMs: 1 }).join(' ')).toContain(
    '-enable_drefs 0',
  );
});

test('a decoding error ends the run of a strict container only', () => {
  expect(inputArgs({ path: '/a', container: { format: 'flac', strict: true }, maxDurationMs: 1 })).toContain('-xerror');
  expect(inputArgs({ path: '/a', container: { format: 'mp3', strict: false }, maxDurationMs: 1 })).not.toContain(
    '-xerror',
  );
});
