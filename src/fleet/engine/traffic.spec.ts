import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LinuxMachine } from '../../../devices/player/adapters/machine.js';
import { DEVICE, runningPlayer, until, clock as wall } from '../../../devices/player/testing/running-player.js';
import { telemetry, topics } from '../../../devices/protocol/index.js';
import { type Counters, readCounters } from './traffic.js';

const counters = (boot: number, uptimeS: number, bytesUp: number, bytesDown = 0): Counters => ({
  boot,
  uptimeS,
  bytesUp,
  bytesDown,
});

describe('bytes of a device', () => {
  it.each<[string, Counters | null, Counters, number]>([
    ['the first word counts whole', null, counters(1, 300, 500), 500],
    ['then the difference', counters(1, 300, 500), counters(1, 600, 700), 200],
    ['a new boot begins at nothing', counters(1, 300, 500), counters(2, 60, 40), 40],
    ['a counter that runs back counts nothing', counters(1, 300, 500), counters(1, 600, 100), 0],
    ['a counter that ran over counts no more than a network carries', null, counters(1, 300, 9e15), 1e12],
  ])('%s', (_what, before, now, bytesUp) => {
    expect(readCounters(before, now)).toMatchObject({ kind: 'ahead', bytesUp });
  });

  it('a word of the boot before, on its way meanwhile, counts nothing', () => {
    expect(readCounters(counters(2, 60, 40), counters(1, 900, 800))).toEqual({ kind: 'late' });
  });

  it('the same boot that is suddenly younger is another device; a minute of disorder is not', () => {
    expect(readCounters(counters(2, 9_000, 0), counters(2, 8_939, 0)).kind).toBe('cloned');
    expect(readCounters(counters(2, 9_000, 0), counters(2, 8_940, 0)).kind).toBe('ahead');
  });

  it('summed over any boots and with any messages lost: what each boot counted in the end', () => {
    const boot = fc.array(fc.tuple(fc.nat(1_000), fc.boolean()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(boot, { maxLength: 6 }), (boots) => {
        let before: Counters | null = null;
        let summed = 0;
        let expected = 0;
        boots.forEach((messages, at) => {
          let sent = 0;
          messages.forEach(([bytes, lost], n) => {
            sent += bytes;
            // The last one of a boot comes: what it would have said is lost with it otherwise.
            if (lost && n < messages.length - 1) return;
            const reading = readCounters(before, counters(at + 1, n * 300, sent));
            if (reading.kind !== 'ahead') throw new Error(reading.kind);
            summed += reading.bytesUp;
            before = reading.now;
          });
          expected += sent;
        });
        expect(summed).toBe(expected);
      }),
    );
  });
});

describe('bytes of the reference player on a board that has carried 900 kB since power-on', () => {
  /** Each run of the player: at its start and at its word the board has carried so much; `kernel`: which boot of the board it is. */
  async function countedOver(
    runs: readonly { readonly kernel: string; readonly before: number; readonly at: number }[],
  ): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-traffic-'));
    const netDev = join(folder, 'net-dev');
    const carried = (bytes: number) => writeFile(netDev, `wwan0: ${bytes} 1 0 0 0 0 0 0 ${bytes} 1 0 0 0 0 0 0\n`);
    let meter: Counters | null = null;
    let summed = 0;
    try {
      for (const { kernel, before, at } of runs) {
        await carried(before);
        const { runtime, link } = await runningPlayer(folder, 300, {
          parts: {
            machine: new LinuxMachine(folder, {}, netDev),
            clock: { kernelBootId: kernel, monoMs: () => wall.monoMs() },
          },
        });
        await carried(at);
        const heard = () => link.service.heard.find(({ topic }) => topic === topics.up(DEVICE, 'telemetry'));
        link.handlers?.connected();
        await until(() => heard() !== undefined);
        const { boot, uptimeS, bytesUp = 0, bytesDown = 0 } = telemetry.parse(heard()?.message);
        await runtime.stop();
        const reading = readCounters(meter, { boot, uptimeS, bytesUp, bytesDown });
        if (reading.kind !== 'ahead') throw new Error(reading.kind);
        summed += reading.bytesDown;
        meter = reading.now;
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    return summed;
  }

  it('the player restarts, the machine does not: each byte counts once, and none from before it was a loudspeaker', async () => {
    const kernel = 'kernel-1';
    const counted = await countedOver([
      { kernel, before: 900_000, at: 905_000 },
      { kernel, before: 905_000, at: 907_000 },
      { kernel, before: 907_000, at: 907_300 },
    ]);
    expect(counted).toBe(7_300);
  });

  it('the machine restarts: what it carried before the player was up counts too', async () => {
    const counted = await countedOver([
      { kernel: 'kernel-1', before: 900_000, at: 905_000 },
      { kernel: 'kernel-2', before: 400, at: 1_000 },
    ]);
    expect(counted).toBe(6_000);
  });
});
