import { expect, it } from '@jest/globals';
import { nearestHolders } from './recipients.js';

const root = { accountId: 'root', scopePath: '/' };
const province = { accountId: 'province', scopePath: '/p/' };
const lan = { accountId: 'lan', scopePath: '/p/c/' };
const nam = { accountId: 'nam', scopePath: '/p/c/' };

it('the commune has people: they are told, not the chain above them', () => {
  expect(nearestHolders([root, province, lan, nam])).toEqual(['lan', 'nam']);
});

it('the author is counted out first: with nobody else in the commune the province is told', () => {
  expect(nearestHolders([root, province, lan, nam], ['lan'])).toEqual(['nam']);
  expect(nearestHolders([root, province, lan], ['lan'])).toEqual(['province']);
  expect(nearestHolders([root, lan], ['lan'])).toEqual(['root']);
});

it('with nobody at all nobody is told', () => {
  expect(nearestHolders([])).toEqual([]);
  expect(nearestHolders([lan], ['lan'])).toEqual([]);
});

it('who holds the right several times is told once', () => {
  expect(nearestHolders([lan, { ...lan, scopePath: '/' }, lan])).toEqual(['lan']);
});
