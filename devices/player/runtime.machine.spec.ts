import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { telemetry, topics } from '../protocol/index.js';
import { commandMeter } from './adapters/amplifier/line-sense.js';
import { LinuxMachine } from './adapters/machine.js';
import { commandPower, PowerSense } from './adapters/power-sense.js';
import { SILENT } from './logger.js';
import type { PlayerRuntime } from './runtime.js';
import { DEVICE, type FakeLink, runningPlayer, until } from './testing/running-player.js';

let folder: string;
let running: PlayerRuntime | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-senses-'));
});
afterEach(async () => {
  await running?.stop().catch(() => undefined);
  await rm(folder, { recursive: true });
});

/** A machine whose senses are little programs that print what stands in two files. */
async function machine() {
  const program = async (name: string): Promise<readonly [string]> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\ncat ${path}.now\n`, { mode: 0o755 });
    return [path];
  };
  const say = (name: 'power' | 'signal', word: string) => writeFile(join(folder, `${name}.now`), `${word}\n`);
  const powerSense = new PowerSense(commandPower(await program('power'), SILENT), 10);
  const signal = commandMeter(await program('signal'), SILENT, 'signalSense');
  return { say, parts: { powerSense, machine: new LinuxMachine(folder, { signal, power: powerSense }) } };
}

const said = (link: FakeLink, uplink: 'events' | 'telemetry') =>
  link.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, uplink)).map(({ message }) => message);
const kinds = (link: FakeLink) => said(link, 'events').map(({ kind }) => kind);

describe('a machine with a battery and a modem', () => {
  test('tells of the supply that is lost and back, at once', async () => {
    const { say, parts } = await machine();
    await say('power', 'mains');
    const { runtime, link } = await runningPlayer(folder, 300, { parts });
    running = runtime;
    link.handlers?.connected();
    await until(() => parts.powerSense.supply === 'mains');
    await say('power', 'battery');
    await until(() => kinds(link).includes('powerLost'));
    await say('power', 'mains');
    await until(() => kinds(link).includes('powerBack'));
    expect(kinds(link)).toEqual(['powerLost', 'powerBack']);
  });

  test('lost with the network: told at the next connection, and telemetry says battery and signal', async () => {
    const { say, parts } = await machine();
    await say('power', 'battery');
    await say('signal', '-97');
    const { runtime, link } = await runningPlayer(folder, 300, { parts });
    running = runtime;
    await until(() => parts.powerSense.supply === 'battery');
    expect(kinds(link)).toEqual([]);
    link.handlers?.connected();
    await until(() => said(link, 'telemetry').length > 0);
    expect(telemetry.parse(said(link, 'telemetry')[0])).toMatchObject({ supply: 'battery', signalDbm: -97 });
    expect(kinds(link)).toEqual(['powerLost']);
  });
});
