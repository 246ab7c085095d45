import { describe, expect, it } from '@jest/globals';
import { NodeCrypto } from '../player/adapters/crypto.js';
import type { CoreEffect } from '../player/core/index.js';
import { testKey } from '../player/testing/keys.js';
import { chainOf, FIRST_LINK, fromHex } from '../protocol/index.js';
import { DeviceHardware } from './device-hardware.js';

const calm = { bootMonoMs: 1_000, diskFull: false, bytesDown: 5 };
const hardware = (...capabilities: DeviceHardware['capabilities']) =>
  new DeviceHardware(capabilities, { device: 'd', signer: testKey('d') });
const update = { type: 'installUpdate', release: 2, name: '2.0', sha256: 'a'.repeat(64) } as const satisfies CoreEffect;

describe('what hangs on a simulated controller', () => {
  it('a test tone takes its time and then is done; a power cut ends it without a word', () => {
    const tone = { type: 'testTone', command: 'c', volume: 50, durationMs: 3_000 } as const;
    const box = hardware('testTone');
    expect(box.carryOut(tone, 10_000, calm)).toEqual({});
    expect([box.dueMonoMs, box.take(12_999), box.take(13_000)]).toEqual([
      13_000,
      [],
      [{ type: 'commandEnded', command: 'c', ok: true }],
    ]);
    box.carryOut(tone, 20_000, calm);
    box.powerCut();
    expect(box.dueMonoMs).toBeNull();
  });

  it('the amplifier is switched, and telemetry says how it stands', () => {
    const box = hardware('amplifier');
    const ended = box.carryOut({ type: 'amplifier', command: 'c', on: false }, 5_000, calm);
    expect(ended.events).toEqual([{ type: 'commandEnded', command: 'c', ok: true }]);
    const measured = box.carryOut({ type: 'measure' }, 5_000, calm).events?.[0];
    expect(measured).toMatchObject({ type: 'measured', telemetry: { uptimeS: 4, bytesDown: 5, amplifier: false } });
  });

  it('a program runs on trial after a restart, stays when confirmed, goes when abandoned', () => {
    const box = hardware('update');
    expect(box.carryOut(update, 0, calm)).toEqual({ restart: true });
    expect(box.firmware.release).toBe(2);
    expect(box.carryOut({ type: 'abandonUpdate', release: 2 }, 0, calm)).toEqual({ restart: true });
    expect(box.firmware.release).toBe(1);
    box.carryOut(update, 0, calm);
    box.carryOut({ type: 'confirmUpdate', release: 2 }, 0, calm);
    box.carryOut({ type: 'abandonUpdate', release: 2 }, 0, calm);
    expect(box.firmware.release).toBe(2);
  });

  it('a full disk takes no program', () => {
    const { events } = hardware('update').carryOut(update, 0, { ...calm, diskFull: true });
    expect(events).toEqual([{ type: 'updateFailed', release: 2, detail: 'the disk is full' }]);
  });

  it('receipts that are asked for again come in runs, signed and chained; without an archive there are none', () => {
    const texts = ['r1', 'r2', 'r3'];
    const links = [FIRST_LINK, ...chainOf(fromHex(FIRST_LINK), texts, new NodeCrypto())];
    const recall = { type: 'recallReceipts', command: 'c', boot: 1, first: 1, last: 2 } as const;
    const [with_, without] = [hardware('archive'), hardware()];
    for (const box of [with_, without])
      for (const [i, text] of texts.entries())
        box.keep({ boot: 1, seq: i + 1, previous: links[i] as string, link: links[i + 1] as string, text });
    expect(with_.carryOut(recall, 0, calm)).toMatchObject({
      resend: [{ boot: 1, first: 1, last: 2, previous: FIRST_LINK, link: links[2], receipts: ['r1', 'r2'] }],
    });
    expect(without.carryOut(recall, 0, calm).resend).toEqual([]);
  });
});
