import { expect, test } from '@jest/globals';
import { encodeArgs } from './encode.js';
import { DEFAULT_LIMITS } from './limits.js';

test('Opus is written at 24 kbit/s, the same bytes each time', () => {
  const args = encodeArgs({ format: 'opus', output: '/out/a.ogg', way: 0 }, DEFAULT_LIMITS).join(' ');
  expect(args).toContain('-f f32le -ar 24000 -ac 1 -i pipe:0');
  expect(args).toContain('-c:a libopus -b:a 24000');
  expect(args).toContain('-flags:a +bitexact -fflags +bitexact');
  expect(args).toMatch(/-f ogg -y file:\/out\/a\.ogg$/);
});

test('MP3 is written at 48 kbit/s without a tag of its own', () => {
  const args = encodeArgs({ format: 'mp3', output: '/out/a.mp3', way: 0 }, DEFAULT_LIMITS).join(' ');
  expect(args).toContain('-c:a libmp3lame -b:a 48000');
  expect(args).toContain('-id3v2_version 0');
  expect(args).toMatch(/-f mp3 -y file:\/out\/a\.mp3$/);
});

test('each way of encoding is another one, and behind the last there is none', () => {
  const way = (number: number) => encodeArgs({ format: 'opus', output: 'a', way: number }, DEFAULT_LIMITS).join(' ');
  expect(new Set([0, 1, 2, 3].map(way)).size).toBe(4);
  expect(way(9)).toBe(way(3));
});
