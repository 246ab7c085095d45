import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { correlate, decodeToPcm, findFfmpeg } from '../../media/index.js';
import { SmallDistrict } from '../bench/small-district.js';

const TEXT = 'Kính thưa bà con, đây là bản tin thử của đài truyền thanh xã.';
const RATE = 16_000;
/** Between two looks at the service's own API; every wait ends by what it sees. */
const pause = async () => void (await wait(100));

interface Receipt {
  readonly outcome: string;
  readonly cause: string | null;
  readonly simulated: boolean;
  readonly lateMs: number;
}

async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    await pause();
  }
}

describe('from script to proof, with the programs as they are built', () => {
  let folder: string;
  let service: DemoService;
  let district: SmallDistrict;
  let ffmpegPath: string;
  const programs: Program[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-e2e-'));
    ffmpegPath = (await findFfmpeg({})).path;
    service = new DemoService(folder, { http: 0, mqtt: 0 }, { VANG_WISH_WINDOW_MS: '200' });
    await service.ready();
    district = await SmallDistrict.load(service, 5, TEXT, pause);
  }, 120_000);

  afterAll(async () => {
    for (const program of programs) await program.stop();
    await service.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const player = (name: string, claim: string, more: Record<string, string> = {}) => {
    const wav = join(folder, `${name}.wav`);
    const program = new Program(
      'devices/player/main.js',
      ['--claim', claim, '--data', join(folder, name), '--sound', `wav:${wav}`, '--serial', name],
      {
        VANG_PLAYER_FFMPEG: ffmpegPath,
        ...more,
      },
    );
    programs.push(program);
    return { program, wav };
  };

  const receiptsOf = async (cluster: number): Promise<Receipt[]> => {
    const rows = await district.administrator.get<{ receipt: string }[]>(
      `/api/receipts?clusterId=${district.clusters[cluster]?.id}`,
    );
    return rows.map((row) => JSON.parse(row.receipt) as Receipt);
  };

  const soon = () => Math.ceil((Date.now() + 8_000) / 1_000) * 1_000;

  it.each([
    ['over MQTT', 'mqtt', 0],
    ['by HTTP with Range', 'http', 1],
  ] as const)(
    'a real player gets its audio %s, plays it on time, and its receipt proves what the WAV holds',
    async (_, assets, cluster) => {
      const { wav } = player(`player-${assets}`, await district.claim(cluster), { VANG_PLAYER_ASSETS: assets });
      await until(
        async () =>
          (await district.administrator.get<{ controller: { online: boolean } | null }[]>('/api/clusters'))[cluster]
            ?.controller?.online,
      );
      await district.scheduleAt([soon()], [cluster]);
      const [receipt] = await until(async () => {
        const receipts = await receiptsOf(cluster);
        return receipts.length > 0 && receipts;
      });
      expect(receipt).toMatchObject({ outcome: 'complete', cause: null, simulated: false });
      expect(receipt?.lateMs).toBeLessThan(1_000);
      const tool = await findFfmpeg({});
      const stored = join(folder, 'stored.ogg');
      await writeFile(stored, await district.author.bytes(`/api/items/${district.itemId}/audio`));
      const heard = join(folder, 'heard.wav');
      await copyFile(wav, heard);
      const recorded = await decodeToPcm({ tool, path: heard, sampleRate: RATE });
      const reference = await decodeToPcm({ tool, path: stored, sampleRate: RATE });
      expect(correlate({ reference, recorded, sampleRate: RATE }).similarity).toBeGreaterThan(0.98);
    },
  );

  it('a claim that was used by one device is refused to another, which says so and changes nothing', async () => {
    const claim = await district.claim(2);
    const first = player('first', claim);
    await first.program.waitFor((line) => line.event === 'enrolled', 'enrolment', 20_000);
    const second = spawn(
      process.execPath,
      ['dist/devices/player/main.js', '--claim', claim, '--data', join(folder, 'second'), '--sound', 'null'],
      { stdio: 'pipe' },
    );
    let said = '';
    second.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const code = await new Promise<number | null>((resolve) => second.on('exit', resolve));
    expect(code).toBe(2);
    expect(said).toContain('Mã lắp đặt đã được dùng cho thiết bị khác');
    await until(
      async () =>
        (
          await district.administrator.get<{ controller: { online: boolean; serial: string } | null }[]>(
            '/api/clusters',
          )
        )[2]?.controller?.online,
    );
  });

  it('simulated controllers play in compressed time; one that is off leaves its hamlet unknown', async () => {
    const fleet = new Program('devices/simulator/main.js', [], {});
    programs.push(fleet);
    const idle = fleet.waitFor((line) => line.event === 'idle', 'idle', 60_000);
    fleet.send({
      devices: [
        { serial: 'SIM-3', claim: await district.claim(3) },
        { serial: 'SIM-4', claim: await district.claim(4) },
      ],
      pace: 'instant',
      start: 'held',
    });
    const connected = new Set<unknown>();
    await fleet.waitFor(
      (line) => line.event === 'connected' && connected.add(line.serial).size === 2,
      'connections',
      30_000,
    );
    const off = fleet.waitFor((line) => line.event === 'disconnected', 'one off', 10_000);
    fleet.send({ cmd: 'disconnect', serial: 'SIM-4' });
    await off;
    const before = Date.now();
    await district.scheduleAt([before + 3_600_000], [3, 4]);
    await until(async () => {
      const controller = (
        await district.administrator.get<{ controller: { ready: boolean; syncedVersion: number } | null }[]>(
          '/api/clusters',
        )
      )[3]?.controller;
      return controller?.ready && controller.syncedVersion >= before;
    });
    fleet.send({ cmd: 'release' });
    expect(await until(async () => (await receiptsOf(3))[0])).toMatchObject({ outcome: 'complete', simulated: true });
    expect(await receiptsOf(4)).toEqual([]);
    // What it played meanwhile arrives once it is back (case 10).
    fleet.send({ cmd: 'connect', serial: 'SIM-4' });
    await idle;
    expect(await until(async () => (await receiptsOf(4))[0])).toMatchObject({ outcome: 'complete', simulated: true });
  });
});
