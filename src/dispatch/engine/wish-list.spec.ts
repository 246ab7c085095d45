import { describe, expect, it } from '@jest/globals';
import {
  addWish,
  chunksToGo,
  gone,
  lostTo,
  nextPiece,
  ON_ITS_WAY_MS,
  putBack,
  served,
  type WishList,
} from './wish-list.js';

const none: WishList = new Map();
const wish = (device: string, missing: number[] | null, more: { sha256?: string; urgent?: boolean } = {}) => ({
  device,
  sha256: 'a',
  missing,
  chunkCount: 4,
  urgent: false,
  ...more,
});

/** Publishes until nothing is left; gives what went out, in order. */
function drain(list: WishList, nowMs: number): string[] {
  const out: string[] = [];
  for (let left = list; ; ) {
    const piece = nextPiece(left, nowMs, 100);
    if (piece.kind !== 'chunk' && piece.kind !== 'descriptor') return out;
    out.push(piece.kind === 'chunk' ? `${piece.sha256}${piece.index}` : `${piece.sha256}*`);
    left = served(left, piece, nowMs);
  }
}

describe('wishes for audio', () => {
  it('many devices that lack the same are served by each chunk once, descriptor first', () => {
    let list = none;
    for (let device = 0; device < 95; device++) list = addWish(list, wish(`d${device}`, null), device);
    expect(drain(list, 1_000)).toEqual(['a*', 'a0', 'a1', 'a2', 'a3']);
  });

  it('a device that resumes gets what it lacks, no descriptor again', () => {
    expect(drain(addWish(none, wish('d', [2]), 0), 1_000)).toEqual(['a2']);
  });

  it('waits for its window so that others can join, an urgent one for a fifth of it', () => {
    let list = addWish(none, wish('d', [1]), 50);
    for (let ms = 60; ms <= 140; ms += 40) list = addWish(list, wish(`d${ms}`, [1]), ms);
    expect(nextPiece(list, 140, 100)).toEqual({ kind: 'wait', untilMs: 150 });
    expect(nextPiece(list, 150, 100)).toMatchObject({ kind: 'chunk' });
    const urgent = addWish(none, wish('d', [1], { urgent: true }), 50);
    expect(nextPiece(urgent, 60, 100)).toEqual({ kind: 'wait', untilMs: 70 });
    expect(nextPiece(urgent, 70, 100)).toMatchObject({ kind: 'chunk', index: 1 });
  });

  it('who joins in the middle gets the rest from the running round and only the beginning again', () => {
    let list = addWish(none, wish('early', [0, 1, 2, 3]), 0);
    for (const index of [0, 1]) list = served(list, { kind: 'chunk', sha256: 'a', index }, 400);
    list = addWish(list, wish('late', [0, 1, 2, 3]), 500);
    expect(drain(list, 1_000).sort()).toEqual(['a0', 'a1', 'a2', 'a3']);
  });

  it('a wish that crosses its chunk on the way gets it no second time; one that comes much later does', () => {
    let list = addWish(none, wish('d', [0, 1]), 0);
    list = served(list, { kind: 'chunk', sha256: 'a', index: 0 }, 200);
    list = addWish(list, wish('d', [0, 1]), 300);
    expect(drain(list, 1_000)).toEqual(['a1']);
    list = served(list, { kind: 'chunk', sha256: 'a', index: 1 }, 400);
    expect(addWish(list, wish('d', [0, 1]), 500)).toBe(list);
    expect(drain(addWish(list, wish('d', [0, 1]), 200 + ON_ITS_WAY_MS), 9_000)).toEqual(['a0']);
  });

  it('assets that are served are forgotten after a while', () => {
    let list = addWish(none, wish('d', [0]), 0);
    list = served(list, { kind: 'chunk', sha256: 'a', index: 0 }, 100);
    list = addWish(list, wish('d', [0], { sha256: 'b' }), 100 + ON_ITS_WAY_MS);
    expect([...served(list, { kind: 'chunk', sha256: 'b', index: 0 }, 200 + ON_ITS_WAY_MS).keys()]).toEqual(['b']);
  });

  it('the asset wished for longest goes first; an urgent one before all', () => {
    let list = addWish(none, wish('d', [0], { sha256: 'b' }), 0);
    list = addWish(list, wish('d', [0], { sha256: 'c' }), 10);
    list = addWish(list, wish('d', [0], { sha256: 'e', urgent: true }), 20);
    expect(drain(list, 1_000)).toEqual(['e0', 'b0', 'c0']);
  });

  it('chunks that do not exist are not wished for', () => {
    expect(addWish(none, wish('d', [9]), 0)).toBe(none);
  });

  it('a device that left and is back gets at once what went out while it was away', () => {
    let list = addWish(none, wish('d', [0, 1]), 0);
    list = served(list, { kind: 'chunk', sha256: 'a', index: 0 }, 200);
    list = addWish(gone(list, 'd'), wish('d', [0, 1]), 300);
    expect(drain(list, 1_000).sort()).toEqual(['a0', 'a1']);
  });

  it('a piece that the broker did not take goes out again, also when it was the last', () => {
    const wished = addWish(none, wish('d', null), 0);
    let list = served(wished, { kind: 'descriptor', sha256: 'a' }, 200);
    for (const index of [0, 1, 2, 3]) list = served(list, { kind: 'chunk', sha256: 'a', index }, 200);
    expect(chunksToGo(list)).toBe(0);
    list = putBack(putBack(list, { kind: 'chunk', sha256: 'a', index: 3 }), { kind: 'descriptor', sha256: 'a' });
    expect(drain(list, 1_000)).toEqual(['a*', 'a3']);
  });

  it('an asset whose receivers are full is left out for a while and delays no other', () => {
    let list = addWish(none, wish('slow', [0]), 0);
    list = addWish(list, wish('fast', [0], { sha256: 'b' }), 10);
    expect(nextPiece(list, 1_000, 100, new Map([['a', 1_025]]))).toEqual({ kind: 'chunk', sha256: 'b', index: 0 });
    list = served(list, { kind: 'chunk', sha256: 'b', index: 0 }, 1_000);
    expect(nextPiece(list, 1_000, 100, new Map([['a', 1_025]]))).toEqual({ kind: 'wait', untilMs: 1_025 });
    expect(nextPiece(list, 1_025, 100, new Map([['a', 1_025]]))).toEqual({ kind: 'chunk', sha256: 'a', index: 0 });
  });

  it('what went out to a device that waited, and that it still lacks long after, is lost', () => {
    let list = addWish(none, wish('d', [0, 1]), 0);
    list = served(list, { kind: 'chunk', sha256: 'a', index: 0 }, 200);
    expect(lostTo(list, wish('d', [0, 1]), 300)).toBe(0);
    expect(lostTo(list, wish('d', [0, 1]), 200 + ON_ITS_WAY_MS)).toBe(1);
    expect(lostTo(list, wish('newcomer', [0, 1]), 200 + ON_ITS_WAY_MS)).toBe(0);
  });
});
