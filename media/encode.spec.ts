import { expect, test } from '@jest/globals';
import { encodeArgs } from './encode.js';
import { DEFAULT_LIMITS } from './limits.js';

test('one run decodes, mixes, levels and writes Opus 24 kbit/s, the same bytes each time', () => {
  const args = encodeArgs({
    tool: { path: 'ffmpeg', source: 'path', version: '5.1' },
    path: '/in.wav',
    container: { format: 'wav', bytes: 1, statedMs: undefined, strict: true },
    limits: DEFAULT_LIMITS,
    output: '/out/a.ogg',
    source: 'right',
    level: { gainDb: 3, ceilingDb: undefined },
  }).join(' ');
  expect(args).toContain('pan=mono|c0=c1,volume=3.00dB:precision=float');
  expect(args).toContain('-c:a libopus -b:a 24000');
  expect(args).toContain('-map_metadata -1');
  expect(args).toContain('-flags:a +bitexact -fflags +bitexact');
  expect(args).toMatch(/-f ogg -y file:\/out\/a\.ogg$/);
});
