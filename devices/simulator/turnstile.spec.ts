import { expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.js';

it('lets two in at a time, in the order of asking, and a place given back twice counts once', async () => {
  const turnstile = new Turnstile(2);
  const inside: number[] = [];
  const ask = async (guest: number) => {
    const leave = await turnstile.enter();
    inside.push(guest);
    return leave;
  };
  const guests = [1, 2, 3, 4].map(ask);
  const leaveFirst = await guests[0];
  await guests[1];
  expect(inside).toEqual([1, 2]);
  leaveFirst?.();
  leaveFirst?.();
  await guests[2];
  expect(inside).toEqual([1, 2, 3]);
});
