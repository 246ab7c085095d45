import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findFfmpeg } from '../media/index.js';
import type { ApiClient } from './api-client.js';
import { readDistrict } from './district.js';
import { DemoFleet } from './fleet.js';
import { DEMO_PASSWORD, DemoLoader, LOGINS, type ReadyItem } from './load.js';
import { type DemoOptions, readOptions } from './options.js';
import { evidencePack } from './pack.js';
import { RealPlayer } from './real-player.js';
import { DemoService } from './service.js';

/** As docs/administration.md advises for a district on a small machine: without it Node collects later and takes some 50 MB more. */
const HEAP_OF_A_DISTRICT = '--max-semi-space-size=2 --max-old-space-size=192';

/** From now to the real player's broadcast: time for the plan and the audio to arrive. */
const REAL_PLAY_IN_MS = 6_000;
/** Five days of broadcasts in about a minute and a half, so that one can watch the cells turn. */
const WATCHABLE_PACE = 5_000;
const POLL_MS = 500;
/** Speech takes seconds; twenty pages that ask every half second would only be in its way. */
const POLL_AUDIO_MS = 1_500;

interface Coverage {
  readonly counts: Readonly<Record<string, number>>;
  readonly cells: readonly (readonly string[])[];
  readonly done: boolean;
}

type Undo = () => Promise<void>;

/** The main job from script to proof: what an office, its leader, 95 loudspeakers and a technician do, through the public API. */
class Demo {
  readonly #undo: Undo[] = [];
  readonly #began = performance.now();
  #stopped = false;

  constructor(private readonly options: DemoOptions) {}

  async run(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-demo-'));
    this.#undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const ffmpeg = await findFfmpeg({ ...(process.env.FFMPEG_PATH ? { explicitPath: process.env.FFMPEG_PATH } : {}) });
    if (ffmpeg.source === 'bundled')
      this.#say('No ffmpeg on this machine: using the one carried by npm (of 2018). Install ffmpeg for real work.');
    const nowMs = Date.now();
    const ports = { http: this.options.once ? 0 : this.options.port, mqtt: 0 };
    const service = new DemoService(folder, ports, { NODE_OPTIONS: HEAP_OF_A_DISTRICT });
    this.#undo.push(() => service.stop());
    const url = await service.ready();
    this.#say(`service ready at ${url}`);
    const administrator = await service.logIn(LOGINS.administrator);
    const loader = new DemoLoader(administrator, readDistrict(), nowMs);
    await loader.areasAndPeople();
    const lineId = await loader.plan();
    const author = await service.logIn(LOGINS.author);
    const approver = await service.logIn(LOGINS.approver);
    const monitor = await service.logIn(LOGINS.monitor);
    if (!this.options.once) this.#welcome(url);

    const testId = await loader.writeTestBulletin(author);
    const scriptIds = await loader.writeScripts(author, lineId);
    this.#say(`${scriptIds.length} scripts written; speech is being made`);
    const player = new RealPlayer(folder, await loader.claimFor(loader.testCluster), ffmpeg.path);
    this.#undo.push(() => player.stop());
    const fleet = await this.#fleet(loader);
    const test = await loader.approveWhenReady(author, approver, testId, this.#pause);
    await loader.scheduleTest(author, test, Math.ceil((Date.now() + REAL_PLAY_IN_MS) / 1_000) * 1_000);
    const heard = player
      .played(monitor, test, loader.testCluster.id, this.#pause)
      .then(() => player.match(author, test));
    heard.catch(() => undefined);

    const items = await this.#approveAll(loader, author, approver, scriptIds);
    const plannedSinceMs = Date.now();
    await loader.schedule(author, items);
    this.#say('12 × 20 entries scheduled for the days ahead; plans and audio go out over MQTT');
    await fleet.ready(
      administrator,
      plannedSinceMs,
      this.options.offline,
      this.#pause,
      progress((ready) => this.#say(`${ready} controllers hold plan and audio`)),
    );
    fleet.release();
    this.#say('time is compressed from now on: the controllers play');
    const coverage = await this.#watch(monitor, lineId);
    const wavMatch = await heard;
    const figures = {
      cells: coverage.cells.flat().length,
      complete: coverage.counts.complete ?? 0,
      partial: coverage.counts.partial ?? 0,
      notPlayed: coverage.counts.notPlayed ?? 0,
      unknown: coverage.counts.unknown ?? 0,
      done: coverage.done,
      wavMatch: Math.round(wavMatch * 10_000) / 10_000,
      audioBytesUploadedByServer: await service.audioBytesUploaded(administrator),
      audioBytesUnique: [...items, test].reduce((sum, item) => sum + item.bytes, 0),
      seconds: Math.round((performance.now() - this.#began) / 100) / 10,
      rssMB: await service.peakMemoryMb(),
    };
    if (this.options.pack !== null) {
      await writeFile(this.options.pack, await evidencePack(administrator, lineId, this.#pause));
      this.#say(
        `evidence pack written to ${this.options.pack}; the service took ${await service.peakMemoryMb()} MB at most`,
      );
    }
    if (this.options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else
      this.#say(
        `${figures.complete} of ${figures.cells} cells complete; the real player's WAV matches the stored audio by ${figures.wavMatch} (${player.wav})`,
      );
    if (!this.options.once) await this.#untilStopped(url);
  }

  async #fleet(loader: DemoLoader): Promise<DemoFleet> {
    const members = [];
    for (const cluster of loader.hamletClusters)
      members.push({ serial: `SIM-${cluster.code}`, claim: await loader.claimFor(cluster) });
    const fleet = new DemoFleet(members, this.options.once ? 'instant' : WATCHABLE_PACE);
    this.#undo.push(() => fleet.stop());
    await fleet.connected(60_000);
    this.#say(`${members.length} simulated controllers enrolled and connected`);
    for (const member of members.slice(0, this.options.offline)) {
      await fleet.takeOffline(member.serial);
      this.#say(`${member.serial} stays off`);
    }
    return fleet;
  }

  async #approveAll(
    loader: DemoLoader,
    author: ApiClient,
    approver: ApiClient,
    ids: readonly string[],
  ): Promise<ReadyItem[]> {
    let approved = 0;
    return Promise.all(
      ids.map(async (id) => {
        const item = await loader.approveWhenReady(author, approver, id, this.#pauseForAudio);
        approved += 1;
        this.#say(`${approved}/${ids.length} approved: ${item.title} (${Math.round(item.durationMs / 1_000)} s)`);
        return item;
      }),
    );
  }

  /** Until every cell of a controller that is on has its answer. */
  async #watch(monitor: ApiClient, lineId: string): Promise<Coverage> {
    const say = progress((complete) => this.#say(`${complete} cells complete`));
    for (;;) {
      const coverage = await monitor.get<Coverage>(`/api/plan-lines/${lineId}/coverage`);
      const open = (coverage.counts.unknown ?? 0) + (coverage.counts.notPlanned ?? 0);
      say(coverage.counts.complete ?? 0);
      if (open <= this.options.offline * coverage.cells.length) return coverage;
      await this.#pause();
    }
  }

  readonly #pause = () => this.#pauseFor(POLL_MS);
  readonly #pauseForAudio = () => this.#pauseFor(POLL_AUDIO_MS);

  async #pauseFor(ms: number): Promise<void> {
    await wait(ms);
    if (this.#stopped) throw new Stopped();
  }

  #welcome(url: string): void {
    this.#say(`\n  Trang độ phủ:  ${url}`);
    this.#say(
      `  Tài khoản:     ${Object.values(LOGINS).join(', ')}  –  mật khẩu: ${DEMO_PASSWORD}\n  (Ctrl-C để kết thúc; dữ liệu tập dượt sẽ được xóa)\n`,
    );
  }

  async #untilStopped(url: string): Promise<void> {
    this.#say(`The page stays open at ${url} until Ctrl-C.`);
    for (;;) await this.#pause();
  }

  /** With --json the last line of stdout is the figures alone. */
  #say(text: string): void {
    const seconds = ((performance.now() - this.#began) / 1_000).toFixed(1).padStart(6);
    (this.options.json ? process.stderr : process.stdout).write(`${seconds} s  ${text}\n`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (let next = this.#undo.pop(); next; next = this.#undo.pop())
      await next().catch((error: unknown) => this.#say(String(error)));
  }
}

class Stopped extends Error {}

/** Calls only when the number has changed. */
function progress(tell: (value: number) => void): (value: number) => void {
  let last = -1;
  return (value) => {
    if (value !== last) tell(value);
    last = value;
  };
}

const demo = new Demo(readOptions(process.argv.slice(2)));
let asked = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    asked = true;
    void demo.stop();
  });
try {
  await demo.run();
} catch (error) {
  if (!asked && !(error instanceof Stopped)) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
} finally {
  await demo.stop();
}
