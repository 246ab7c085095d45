import { describe, expect, it } from '@jest/globals';
import { WaitingBytes } from './waiting-bytes.js';

describe('receipts that wait in memory', () => {
  const room = () => new WaitingBytes({ most: 10, mostOfOne: 6 });

  it('a device that floods uses up its own share, and its neighbour still comes in', () => {
    const waiting = room();
    expect([4, 2, 1].map((bytes) => waiting.enter('flood', bytes))).toEqual(['in', 'in', 'ownShareUsed']);
    expect(waiting.enter('neighbour', 4)).toBe('in');
    expect(waiting.enter('neighbour', 1)).toBe('allUsed');
  });

  it('what has been written makes room again, for the same and for others', () => {
    const waiting = room();
    waiting.enter('a', 6);
    waiting.enter('b', 4);
    waiting.leave('a', 6);
    expect(waiting.enter('c', 3)).toBe('in');
    expect(waiting.enter('a', 3)).toBe('in');
    expect(waiting.enter('a', 1)).toBe('allUsed');
  });
});
