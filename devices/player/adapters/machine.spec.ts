import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { telemetry } from '../../protocol/index.js';
import { LinuxMachine } from './machine.js';

describe('what a machine tells of itself', () => {
  test('fits the message that it goes into', async () => {
    const measured = await new LinuxMachine(tmpdir(), undefined).measure();
    const message = { v: 1, device: 'device-1', boot: 1, atMs: null, ...measured };
    expect(telemetry.safeParse(message).error).toBeUndefined();
    expect(measured.freeBytes).toBeGreaterThan(0);
  });

  test('it reboots only where its owner said how', async () => {
    expect(new LinuxMachine(tmpdir(), undefined).reboot).toBeUndefined();
    expect(await new LinuxMachine(tmpdir(), ['/bin/true']).reboot?.()).toBe(true);
    expect(await new LinuxMachine(tmpdir(), ['/bin/false']).reboot?.()).toBe(false);
  });
});
