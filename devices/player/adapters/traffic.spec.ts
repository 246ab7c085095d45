import { describe, expect, test } from '@jest/globals';
import { TrafficMeter } from './traffic.js';

/** `/proc/net/dev` of a board with its loopback, a modem and a cable: bytes received and sent. */
const table = (wwan0: readonly [number, number] | null, eth0: readonly [number, number] = [0, 0]) =>
  [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs',
    '    lo: 9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0',
    ...(wwan0 ? [`  wwan0: ${wwan0[0]} 5 0 0 0 0 0 0 ${wwan0[1]} 3 0 0 0 0 0 0`] : []),
    `eth0:${eth0[0]} 5 0 0 0 0 0 0 ${eth0[1]} 3 0 0 0 0 0 0`,
    '',
  ].join('\n');

describe('the bytes of a machine', () => {
  test('are those of all its interfaces but the loopback', () => {
    expect(new TrafficMeter().read(table([1_000, 200], [50, 7]))).toEqual({ bytesDown: 1_050, bytesUp: 207 });
  });

  test('count from the start of the player, if the machine ran before it', () => {
    const meter = new TrafficMeter();
    meter.skip(table([900_000, 70_000]));
    expect(meter.read(table([900_000, 70_000]))).toEqual({ bytesDown: 0, bytesUp: 0 });
    expect(meter.read(table([900_500, 70_040]))).toEqual({ bytesDown: 500, bytesUp: 40 });
    expect(meter.read(table([901_000, 70_040]))).toEqual({ bytesDown: 1_000, bytesUp: 40 });
  });

  test('go on where they were when the modem is plugged in again and counts from nothing', () => {
    const meter = new TrafficMeter();
    meter.read(table([5_000, 600]));
    meter.read(table(null));
    expect(meter.read(table([300, 20]))).toEqual({ bytesDown: 5_300, bytesUp: 620 });
  });

  test.each(['', 'garbage', 'eth0: x y', 'eth0: 1 2 3', 'eth0: 1e99 2 3 4 5 6 7 8 9'])(
    'a table like %j counts nothing',
    (text) => expect(new TrafficMeter().read(text)).toEqual({ bytesDown: 0, bytesUp: 0 }),
  );
});
