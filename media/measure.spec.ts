import { expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from './limits.js';
import { measureArgs } from './measure.js';

test('a product is read with the same closed lists as a recording', () => {
  const args = measureArgs({ format: 'opus', output: '/out/a.ogg', way: 0 }, DEFAULT_LIMITS);
  expect(args.join(' ')).toContain('-protocol_whitelist file,pipe');
  expect(args[args.indexOf('-i') - 1]).toBe('ogg');
  expect(args.slice(-2)).toEqual(['f32le', 'pipe:1']);
});
