import { expect, it } from '@jest/globals';
import { joined } from './acknowledgements.js';

const ack = (device: string, first: number, last: number, boot = 1, quarantined: number[] = []) => ({
  ...{ device, boot, first, last, quarantined },
});

it('receipts of a device that came one by one get one answer, whoever else came in between', () => {
  const came = [ack('a', 1, 1), ack('b', 7, 7), ack('a', 2, 2), ack('b', 8, 9), ack('a', 3, 3)];
  expect(joined(came)).toEqual([ack('a', 1, 3), ack('b', 7, 9)]);
});

it('nothing is acknowledged that did not come: a hole, another boot and an older receipt are answers of their own', () => {
  const came = [ack('a', 1, 1), ack('a', 3, 3), ack('a', 2, 2), ack('a', 4, 4, 2), ack('a', 5, 5, 2)];
  expect(joined(came)).toEqual([ack('a', 1, 1), ack('a', 3, 3), ack('a', 2, 2), ack('a', 4, 5, 2)]);
});

it('what is in quarantine stays named, and no answer names more than the contract allows', () => {
  const all = Array.from({ length: 200 }, (_, at) => at + 3);
  expect(joined([ack('a', 1, 1), ack('a', 2, 2, 1, [2])])).toEqual([ack('a', 1, 2, 1, [2])]);
  const came = [ack('a', 2, 2, 1, [2]), ack('a', 3, 202, 1, all)];
  expect(joined(came)).toEqual(came);
});
