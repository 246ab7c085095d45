import { expect, it } from '@jest/globals';
import { Audiences } from './audiences.mjs';

/** All that an audience asks of a session. */
const session = (writableLength: number) => ({ socket: { writableLength } }) as Parameters<Audiences['enter']>[1];

function audience(...unsent: number[]) {
  const audiences = new Audiences();
  for (const bytes of unsent) audiences.enter('a/#', session(bytes));
  return audiences.of('a/#');
}

it('a single receiver is waited for', () => {
  expect(audience(9_000)).toEqual({ receivers: 1, unsentBytes: 9_000 });
});

it('one of two, and a tenth of many, is left behind', () => {
  expect(audience(9_000, 100)).toEqual({ receivers: 2, unsentBytes: 100 });
  const many = [...Array(20).keys()].map((at) => (at < 2 ? 9_000 : at));
  expect(audience(...many)).toEqual({ receivers: 20, unsentBytes: 19 });
  expect(audience(...many, 9_000)).toEqual({ receivers: 21, unsentBytes: 9_000 });
});

it('a filter that nobody holds, or holds no more, has nobody', () => {
  const audiences = new Audiences();
  const guest = session(1);
  audiences.enter('a/#', guest);
  audiences.leave('a/#', guest);
  audiences.leave('b/#', guest);
  expect(audiences.of('a/#')).toEqual({ receivers: 0, unsentBytes: 0 });
});
