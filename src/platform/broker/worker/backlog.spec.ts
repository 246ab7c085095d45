import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { judgeForward, StallWatch } from './backlog.mjs';

describe('what is done with a message for a client that has bytes unsent', () => {
  const limits = { dropAboveBytes: 100, cutAboveBytes: 1_000 };

  it.each([
    [100, 0, false, 'forward'],
    [101, 0, false, 'drop'],
    [101, 1, false, 'forward'],
    [101, 0, true, 'forward'],
    [1_000, 1, false, 'forward'],
    [1_001, 1, false, 'cut'],
    [1_001, 0, true, 'cut'],
  ] as const)('%d unsent, QoS %d, retained %s: %s', (unsentBytes, qos, retain, expected) => {
    expect(judgeForward(unsentBytes, { qos, retain }, limits)).toBe(expected);
  });
});

describe('a stalled socket', () => {
  const socket = (bytesWritten: number, writableLength: number, writeQueueSize = 0) =>
    ({ bytesWritten, writableLength, _handle: { writeQueueSize } }) as unknown as Socket;

  it('is one of whose waiting bytes none is taken', () => {
    const watch = new StallWatch();
    expect(watch.stalledForMs(socket(500, 300), 1_000)).toBe(0);
    expect(watch.stalledForMs(socket(500, 300), 4_000)).toBe(3_000);
    // More was queued behind, which is no progress.
    expect(watch.stalledForMs(socket(700, 500), 6_000)).toBe(5_000);
  });

  it('is not one that is slow, even inside one large write', () => {
    const watch = new StallWatch();
    watch.stalledForMs(socket(900, 800, 700), 1_000);
    expect(watch.stalledForMs(socket(900, 800, 690), 20_000)).toBe(0);
  });

  it('is not one that has nothing to send', () => {
    const watch = new StallWatch();
    watch.stalledForMs(socket(900, 800), 1_000);
    expect(watch.stalledForMs(socket(900, 0), 50_000)).toBe(0);
    expect(watch.stalledForMs(socket(950, 50), 90_000)).toBe(0);
  });
});
