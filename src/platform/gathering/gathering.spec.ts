import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Gathering, type GatheringOptions } from './gathering.js';

describe('what comes one by one and is written together', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function gathering(change: Partial<GatheringOptions<number>> = {}) {
    const written: (readonly number[])[] = [];
    const lost: (readonly number[])[] = [];
    const room = new Gathering<number>({
      afterMs: 200,
      atATime: 3,
      most: 5,
      write: async (items) => void written.push(items),
      failed: (_, items) => void lost.push(items),
      ...change,
    });
    return { room, written, lost };
  }

  it('is written a while after the first, in batches, in order', async () => {
    const { room, written } = gathering();
    for (const n of [1, 2, 3, 4]) room.add(n);
    await jest.advanceTimersByTimeAsync(199);
    expect(written).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(written).toEqual([[1, 2, 3]]);
    await room.flush();
    expect(written).toEqual([[1, 2, 3], [4]]);
  });

  it('what is beyond the bound is not taken; once written there is room again', async () => {
    const { room, written } = gathering();
    expect([1, 2, 3, 4, 5, 6].map((n) => room.add(n))).toEqual([true, true, true, true, true, false]);
    await room.flush();
    expect(room.add(7)).toBe(true);
    await room.flush();
    expect(written.flat()).toEqual([1, 2, 3, 4, 5, 7]);
  });

  it('a batch that fails is told of and holds up none after it', async () => {
    const written: number[] = [];
    const { room, lost } = gathering({
      write: async (items) => {
        if (items.includes(2)) throw new Error('disk full');
        written.push(...items);
      },
    });
    for (const n of [1, 2, 3, 4]) room.add(n);
    await room.flush();
    expect(written).toEqual([4]);
    expect(lost).toEqual([[1, 2, 3]]);
  });

  it('never writes two batches at once, whoever asks', async () => {
    let under = 0;
    let most = 0;
    const { room } = gathering({
      write: async () => {
        most = Math.max(most, ++under);
        await Promise.resolve();
        under--;
      },
    });
    room.add(1);
    const first = room.flush();
    room.add(2);
    await Promise.all([first, room.flush(), room.flush()]);
    expect(most).toBe(1);
  });
});
