import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Seeded } from '../../devices/simulator/seeded.js';
import type { Bench } from './bench.js';
import { CappedLine, TokenBucket } from './capped-line.js';
import { PushScene } from './push.scene.js';
import { freePort } from './small-district.js';

const LIMITS = { upload: 1.05, download: 1.1, time: 3, cappedTime: 0.1, churnUpload: 1.25 };
/** 50 Mbit/s: what a commune office has upwards on a good day. */
const CAPPED_BYTES_PER_SECOND = 6_250_000;
/** So long the service gathers wishes before anything goes out. */
const GATHERING_MS = 1_500;
/**
 * While devices come and go the line carries 100 Mbit/s, some 60 kB/s a device, so that the transfer lasts as long as one over
 * the mobile network. Each of a tenth of the devices loses its connection once and is back in a moment, as after a change
 * of cells. What they miss is sent to all of them together, once, so it is the number of chunks that somebody missed.
 */
const CHURN = { leastMs: 200, mostMs: 500, seed: 'churn' };
/** As in the rain: told, and not limited. */
const HARSH_CHURN = { leastMs: 1_000, mostMs: 5_000, seed: 'harsh churn' };
type Churn = typeof CHURN;

/**
 * One asset to many devices over MQTT. Baseline in the same run: the same devices get the same file by HTTP, all at once, from
 * the service's own endpoint.
 */
export const push: Bench = {
  name: 'push',
  async run({ short }) {
    const size = short
      ? { devices: 20, bytes: 300_000, churnBytesPerSecond: 1_500_000 }
      : { devices: 200, bytes: 3_000_000, churnBytesPerSecond: 12_500_000 };
    const open = await openLine(size);
    const program = mosquittoProgram();
    const missing = short ? 'the short form' : program === null ? 'mosquitto is not installed' : null;
    const capped = program === null || missing !== null ? null : await cappedLine(size, program);
    const skipped: Record<string, string> = missing === null ? {} : { skipped: `cappedTimeRatio: ${missing}` };
    return { ...open, ...capped, ...skipped, holds: pushHolds(open, capped) };
  },
};

/** @param capped null: it was not tried, and the line says why */
export function pushHolds(
  open: Pick<Open, 'complete' | 'uploadRatio' | 'downloadRatio' | 'timeRatio' | 'churnUploadRatio'>,
  capped: Pick<Capped, 'cappedComplete' | 'cappedTimeRatio'> | null,
): boolean {
  return (
    open.complete &&
    open.uploadRatio <= LIMITS.upload &&
    open.downloadRatio <= LIMITS.download &&
    open.timeRatio <= LIMITS.time &&
    open.churnUploadRatio <= LIMITS.churnUpload &&
    (capped === null || (capped.cappedComplete && capped.cappedTimeRatio <= LIMITS.cappedTime))
  );
}

type Open = Awaited<ReturnType<typeof openLine>>;
type Capped = Awaited<ReturnType<typeof cappedLine>>;

interface Size {
  readonly devices: number;
  readonly bytes: number;
  readonly churnBytesPerSecond: number;
}

async function openLine({ devices, bytes, churnBytesPerSecond }: Size) {
  const scene = await PushScene.open(devices);
  try {
    const sentBefore = await scene.brokerSentBytes();
    const pushed = await scene.push(bytes);
    // The broker tells of what it sent once a second.
    await wait(1_200);
    const brokerBytes = (await scene.brokerSentBytes()) - sentBefore;
    const pulled = await scene.pull(pushed.sha256);
    await scene.restartService({ VANG_EGRESS_BYTES_PER_SECOND: String(churnBytesPerSecond) });
    const lastsMs = (bytes * devices * 1_000) / churnBytesPerSecond;
    const churned = await scene.push(bytes, (command) => churn(CHURN, devices, lastsMs, command));
    const harsh = await scene.push(bytes, (command) => churn(HARSH_CHURN, devices, lastsMs, command));
    return {
      devices,
      assetBytes: pushed.bytes,
      uploadRatio: ratio(pushed.uploadedBytes, pushed.bytes),
      downloadRatio: ratio(quantile(pushed.receivedBytes, 0.99), pushed.bytes),
      pushMs: Math.round(pushed.ms),
      pullMs: pulled.ms,
      timeRatio: ratio(pushed.ms, pulled.ms),
      chunksAgain: pushed.again,
      brokerEgressBytes: brokerBytes,
      churnUploadRatio: ratio(churned.uploadedBytes, churned.bytes),
      churnDownloadRatio: ratio(quantile(churned.receivedBytes, 0.99), churned.bytes),
      churnMs: Math.round(churned.ms),
      harshChurnUploadRatio: ratio(harsh.uploadedBytes, harsh.bytes),
      harshChurnMs: Math.round(harsh.ms),
      complete: pulled.whole === devices && pushed.receivedBytes.length === devices,
    };
  } finally {
    await scene.close();
  }
}

/** A tenth of the devices, each once, at a moment of the transfer; from the seed. */
function churn(
  { leastMs, mostMs, seed }: Churn,
  devices: number,
  lastsMs: number,
  command: (command: object) => void,
): () => void {
  const seeded = new Seeded(seed);
  const timers = Array.from({ length: Math.ceil(devices / 10) }, (_, i) => {
    const forMs = seeded.whole(leastMs, mostMs);
    const serial = `S${i * 10 + seeded.whole(0, 9)}`;
    const atMs = GATHERING_MS + seeded.share() * lastsMs;
    return setTimeout(() => command({ cmd: 'fault', serial, fault: { kind: 'offline' }, forMs }), atMs);
  });
  return () => timers.forEach(clearTimeout);
}

/** The service's own line is capped in both cases; the broker, a Mosquitto, stands where the devices' lines are wide. */
async function cappedLine({ devices, bytes }: Size, program: string) {
  const folder = await mkdtemp(join(tmpdir(), 'vang-capped-'));
  const mqttPort = await freePort();
  const httpPort = await freePort();
  const config = join(folder, 'mosquitto.conf');
  await writeFile(config, `listener ${mqttPort} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\n`);
  const mosquitto = spawn(program, ['-c', config], { stdio: 'ignore' });
  const up = new TokenBucket(CAPPED_BYTES_PER_SECOND);
  const out = new TokenBucket(CAPPED_BYTES_PER_SECOND);
  const toBroker = new CappedLine(mqttPort, up, 'caller');
  let fromHttp: CappedLine | null = null;
  let scene: PushScene | null = null;
  try {
    await listening(mqttPort);
    const brokerWay = await toBroker.start();
    scene = await PushScene.open(
      devices,
      {
        MQTT_URL: `mqtt://127.0.0.1:${brokerWay}`,
        VANG_MQTT_PUBLIC_URL: `mqtt://127.0.0.1:${mqttPort}`,
        VANG_PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
      },
      async (port) => {
        fromHttp = new CappedLine(port, out, 'listener');
        await fromHttp.start(httpPort);
      },
    );
    const before = up.passed;
    const pushed = await scene.push(bytes);
    const upBytes = up.passed - before;
    const pulled = await scene.pull(pushed.sha256);
    return {
      cappedPushMs: Math.round(pushed.ms),
      cappedPullMs: pulled.ms,
      cappedComplete: pulled.whole === devices,
      cappedTimeRatio: ratio(pushed.ms, pulled.ms),
      cappedUploadRatio: ratio(pushed.uploadedBytes, pushed.bytes),
      // On the wire, with everything else that the service said meanwhile.
      cappedWireRatio: ratio(upBytes, pushed.bytes),
    };
  } finally {
    await scene?.close();
    await toBroker.stop();
    await (fromHttp as CappedLine | null)?.stop();
    mosquitto.kill();
    if (mosquitto.exitCode === null && mosquitto.signalCode === null) await once(mosquitto, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

function mosquittoProgram(): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    try {
      accessSync(join(folder, 'mosquitto'));
      return join(folder, 'mosquitto');
    } catch {
      // Not here.
    }
  }
  return null;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (there) return;
    await wait(50);
  }
}

const ratio = (value: number, baseline: number): number => Math.round((value / baseline) * 1_000) / 1_000;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
