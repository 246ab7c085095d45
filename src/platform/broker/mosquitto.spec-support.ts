import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { silentLog } from '../logging/log.js';
import { makeCertificate, type Opened, temporaryFolder, type Way } from './broker.spec-support.js';
import { DynamicSecurity } from './dynamic-security.js';

/** A program of the Mosquitto packages, if they are installed. Debian puts it where only root's PATH looks. */
export function programOf(name: 'mosquitto' | 'mosquitto_ctrl' | 'curl'): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => isThere(file, constants.X_OK));
}

function isThere(file: string, mode = constants.R_OK): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Runs with this configuration until the spec ends, or until it is stopped. */
export async function runMosquitto(opened: Opened, conf: string): Promise<{ stop(): Promise<void> }> {
  const file = join(temporaryFolder(opened), 'mosquitto.conf');
  // As root it would become another user, who may not read temporary folders.
  writeFileSync(file, `${process.getuid?.() === 0 ? 'user root\n' : ''}log_dest stderr\n${conf}`);
  const server = spawn(programOf('mosquitto') ?? '', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  };
  opened.add(server, stop);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    // Read to the end: a broker that cannot write its log stops.
    server.stderr.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes(' running')) resolve();
    });
    server.once('exit', () => reject(new Error(`mosquitto did not start: ${said}`)));
  });
  return { stop };
}

const PLUGIN = 'mosquitto_dynamic_security.so';
const plugin = (isThere('/usr/lib') ? readdirSync('/usr/lib', { withFileTypes: true }) : [])
  .flatMap((entry) => [join('/usr/lib', PLUGIN), join('/usr/lib', entry.name, PLUGIN)])
  .find((file) => isThere(file));
export const dynamicSecurityInstalled = programOf('mosquitto') && programOf('mosquitto_ctrl') && plugin !== undefined;

export const ADMIN = { username: 'vang-admin', password: 'a-long-password-of-the-admin' };
const SERVICE = { publish: ['#'], subscribe: ['#'] };

export interface Installation {
  readonly devices: Way;
  readonly accounts: DynamicSecurity;
  readonly serviceUrl: string;
  stopBroker(): Promise<void>;
  startBroker(): Promise<void>;
}

/** As docs/brokers.md has it, on free ports and in a temporary folder. */
export async function installation(opened: Opened): Promise<Installation> {
  const folder = temporaryFolder(opened);
  const place = makeCertificate(folder);
  const file = join(folder, 'dynamic-security.json');
  execFileSync(programOf('mosquitto_ctrl') ?? '', ['dynsec', 'init', file, ADMIN.username, ADMIN.password]);
  const [tls, plain] = [await freePort(), await freePort()];
  const [, documented = ''] = /```conf\n([^`]+)```/.exec(readFileSync('docs/brokers.md', 'utf8')) ?? [];
  const conf = documented
    .replace('listener 8883', `listener ${tls} 127.0.0.1`)
    .replace('listener 1883', `listener ${plain}`)
    .replace(/certfile .*/, `certfile ${place.certFile}`)
    .replace(/keyfile .*/, `keyfile ${place.keyFile}`)
    .replace(/plugin \/.*/, `plugin ${plugin}`)
    .replace(/plugin_opt_config_file .*/, `plugin_opt_config_file ${file}`);
  let running = await runMosquitto(opened, conf);
  const serviceUrl = `mqtt://vang:the-service@127.0.0.1:${plain}`;
  const accounts = new DynamicSecurity({
    url: serviceUrl,
    admin: ADMIN,
    service: SERVICE,
    log: silentLog,
    reconnectMs: 50,
  });
  const settled = new Promise<void>((resolve) => accounts.onConnect(resolve));
  await accounts.start();
  opened.add(accounts, () => accounts.stop());
  await settled;
  return {
    devices: { url: `mqtts://localhost:${tls}`, ca: readFileSync(place.certFile, 'utf8') },
    accounts,
    serviceUrl,
    stopBroker: () => running.stop(),
    startBroker: async () => {
      running = await runMosquitto(opened, conf);
    },
  };
}
