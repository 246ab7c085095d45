import { expect, it } from '@jest/globals';
import { found } from './retained.mjs';

const kept = new Map(
  ['plans/a', 'plans/b', 'keys', '$SYS/x'].map((topic) => [topic, { topic, payload: Buffer.from('x') }]),
);
const topicsOf = (filter: string) => found(kept, filter).map(({ topic }) => topic);

it('finds what a filter asks for: one topic, or all that match', () => {
  expect(topicsOf('plans/a')).toEqual(['plans/a']);
  expect(topicsOf('plans/c')).toEqual([]);
  expect(topicsOf('plans/+')).toEqual(['plans/a', 'plans/b']);
  expect(topicsOf('#')).toEqual(['plans/a', 'plans/b', 'keys']);
});
