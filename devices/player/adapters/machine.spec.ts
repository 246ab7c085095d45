import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { telemetry } from '../../protocol/index.js';
import { LinuxMachine, trafficOf } from './machine.js';

describe('what a machine tells of itself', () => {
  test('fits the message that it goes into', async () => {
    const measured = await new LinuxMachine(tmpdir(), undefined).measure();
    const message = { v: 1, device: 'device-1', boot: 1, atMs: null, ...measured };
    expect(telemetry.safeParse(message).error).toBeUndefined();
    expect(measured.freeBytes).toBeGreaterThan(0);
  });

  test('bytes are counted over all interfaces but the loopback', () => {
    const text = [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs',
      '    lo: 9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0',
      '  wwan0: 1000 5 0 0 0 0 0 0 200 3 0 0 0 0 0 0',
      'eth0:50 5 0 0 0 0 0 0 7 3 0 0 0 0 0 0',
      '',
    ].join('\n');
    expect(trafficOf(text)).toEqual({ bytesDown: 1_050, bytesUp: 207 });
  });

  test.each(['', 'garbage', 'eth0: x y', 'eth0: 1 2 3'])('a table like %j counts nothing', (text) => {
    expect(trafficOf(text)).toEqual({ bytesDown: 0, bytesUp: 0 });
  });

  test('it reboots only where its owner said how', async () => {
    expect(new LinuxMachine(tmpdir(), undefined).reboot).toBeUndefined();
    expect(await new LinuxMachine(tmpdir(), ['/bin/true']).reboot?.()).toBe(true);
    expect(await new LinuxMachine(tmpdir(), ['/bin/false']).reboot?.()).toBe(false);
  });
});
