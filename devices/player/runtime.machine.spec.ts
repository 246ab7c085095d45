import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { signJws, telemetry, topics } from '../protocol/index.js';
import { commandMeter } from './adapters/amplifier/line-sense.js';
import { LinuxMachine } from './adapters/machine.js';
import { commandPower, PowerSense } from './adapters/power-sense.js';
import { SILENT } from './logger.js';
import type { PlayerRuntime } from './runtime.js';
import { SERVICE } from './testing/keys.js';
import { ordered } from './testing/orders.js';
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

const said = (link: FakeLink, uplink: 'commands' | 'events' | 'telemetry') =>
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

describe('a reboot that the service orders', () => {
  async function rebooting(reboot: readonly [string, ...string[]]) {
    const machine = new LinuxMachine(folder, { reboot });
    const { runtime, link } = await runningPlayer(folder, 300, {
      env: { capabilities: ['reboot'] },
      parts: { machine },
    });
    running = runtime;
    link.handlers?.connected();
    await until(() => runtime.state.durable.clock !== null);
    const order = ordered({ kind: 'reboot' }, Date.now());
    await link.deliver(topics.down(DEVICE, 'commands'), signJws('vang-command', order, SERVICE));
    return { runtime, states: () => said(link, 'commands').map(({ state, reason }) => reason ?? state) };
  }

  test('is the command of its owner, after the answer', async () => {
    const left = join(folder, 'reboot');
    const { states } = await rebooting(['/usr/bin/touch', left]);
    await until(() => existsSync(left));
    expect(states()).toEqual(['received']);
  });

  test('refused by the machine, it is answered so, and the next start of the player does not make it done', async () => {
    const { runtime, states } = await rebooting(['/bin/false']);
    await until(() => states().length === 2);
    expect(states()).toEqual(['received', 'failed']);
    expect(runtime.state.durable.rebootFor).toBeNull();
  });
});
