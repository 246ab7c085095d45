import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { telemetry } from '../../protocol/index.js';
import { SILENT } from '../logger.js';
import { commandMeter } from './amplifier/line-sense.js';
import { LinuxMachine } from './machine.js';

describe('what a machine tells of itself', () => {
  test('fits the message that it goes into', async () => {
    const measured = await new LinuxMachine(tmpdir()).measure();
    const message = { v: 1, device: 'device-1', boot: 1, atMs: null, ...measured };
    expect(telemetry.safeParse(message).error).toBeUndefined();
    expect(measured.freeBytes).toBeGreaterThan(0);
  });

  test.each([
    ['-87', { signalDbm: -87 }],
    ['-95.5', { signalDbm: -95.5 }],
    ['40', {}],
    ['-999', {}],
    ['no modem', {}],
  ])('a signal of %j', async (printed, told) => {
    const signal = commandMeter(['/bin/echo', printed], SILENT, 'signalSense');
    const { signalDbm } = await new LinuxMachine(tmpdir(), { signal }).measure();
    expect(signalDbm === undefined ? {} : { signalDbm }).toEqual(told);
  });

  test('it reboots only where its owner said how', async () => {
    expect(new LinuxMachine(tmpdir()).reboot).toBeUndefined();
    expect(await new LinuxMachine(tmpdir(), { reboot: ['/bin/true'] }).reboot?.()).toBe(true);
    expect(await new LinuxMachine(tmpdir(), { reboot: ['/bin/false'] }).reboot?.()).toBe(false);
  });
});
