import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Program } from '../../demo/processes.js';
import { DemoService } from '../../demo/service.js';
import { freePort, SmallDistrict } from './small-district.js';

const RATE = 16_000;
/** What the library makes of a recording on average, bytes per second (Opus, 24 kbit/s). */
const OPUS_BYTES_PER_SECOND = 3_000;
const WITHIN_MS = 300_000;
const pause = async () => void (await wait(50));

export interface Pushed {
  readonly bytes: number;
  readonly sha256: string;
  /** From the first wish for the file until the last device had everything: a pull, too, begins when its address is known. */
  readonly ms: number;
  /** Payload bytes of audio and descriptors that the service handed to the broker. */
  readonly uploadedBytes: number;
  /** Chunks that were published more than once. */
  readonly again: number;
  /** What each device received meanwhile, bytes. */
  readonly receivedBytes: readonly number[];
}

interface Recorded {
  readonly versions: readonly {
    readonly audio: {
      readonly state: string;
      readonly sha256: string;
      readonly bytes: number;
      readonly durationMs: number;
    };
  }[];
}

/** A real service and a child process full of simulated controllers, each with a socket of its own. */
export class PushScene {
  #service: DemoService;
  readonly #fleet = new Program('devices/simulator/main.js', [], {});
  readonly #received = new Map<string, number>();
  #onReady: (serial: string, bytes: number) => void = () => undefined;
  #onWishing: (sha256: string) => void = () => undefined;
  #days = 1;
  #recordings = 0;

  private constructor(
    private readonly folder: string,
    readonly ports: { readonly http: number; readonly mqtt: number },
    private readonly environment: Readonly<Record<string, string>>,
    private readonly count: number,
  ) {
    this.#service = new DemoService(folder, ports, environment);
    this.#fleet.on('line', (line) => {
      if (line.event === 'ready') this.#onReady(String(line.serial), Number(line.bytesReceived));
      if (line.event === 'wishing') this.#onWishing(String(line.sha256));
    });
  }

  district!: SmallDistrict;

  /** Enrolled, connected, and with everything that a first small plan asks for. */
  static async open(
    devices: number,
    environment: Readonly<Record<string, string>> = {},
    /** Told where the service listens, before the first device comes. */
    listening: (port: number) => Promise<void> = async () => undefined,
  ): Promise<PushScene> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-push-'));
    const scene = new PushScene(folder, { http: await freePort(), mqtt: await freePort() }, environment, devices);
    try {
      await scene.#service.ready();
      await listening(scene.ports.http);
      scene.district = await SmallDistrict.load(scene.#service, devices, 'Thông báo thử.', pause);
      await scene.district.scheduleAt([scene.#nextSlot()]);
      const members = [];
      for (let i = 0; i < devices; i++) members.push({ serial: `S${i}`, claim: await scene.district.claim(i) });
      const ready = scene.#allReady(() => true);
      scene.#fleet.send({ devices: members, start: 'held' });
      await ready;
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  /** The same data and the same devices under another configuration; the devices come back by themselves. */
  async restartService(environment: Readonly<Record<string, string>>): Promise<void> {
    const back = this.#each('connected');
    await this.#service.stop();
    this.#service = new DemoService(this.folder, this.ports, { ...this.environment, ...environment });
    await this.#service.ready();
    await back;
  }

  /** Records so much sound (bytes as stored), has it approved, schedules it, and waits until every device has it. */
  async push(
    bytes: number,
    meanwhile: (command: (command: object) => void) => () => void = () => () => undefined,
  ): Promise<Pushed> {
    const audio = await this.#record(bytes);
    const before = await this.#figures();
    let firstWishMs = Number.POSITIVE_INFINITY;
    this.#onWishing = (sha256) => {
      if (sha256 !== audio.sha256 || firstWishMs !== Number.POSITIVE_INFINITY) return;
      firstWishMs = performance.now();
      end = meanwhile((command) => this.#fleet.send(command));
    };
    let end = () => {};
    const started = new Map(this.#received);
    // A device is ready with the plan before, too, if that comes again: it must have received the file.
    const ready = this.#allReady((serial, total) => total - (started.get(serial) ?? 0) >= audio.bytes);
    await this.district.scheduleAt([this.#nextSlot()]);
    await ready;
    const ms = performance.now() - firstWishMs;
    end();
    const after = await this.#figures();
    return {
      ...audio,
      ms,
      uploadedBytes: after.uploaded - before.uploaded,
      again: after.again - before.again,
      receivedBytes: [...this.#received].map(([serial, total]) => total - (started.get(serial) ?? 0)),
    };
  }

  /** The same devices get the same file over HTTP, all at once, from the service's own endpoint. */
  async pull(sha256: string): Promise<{ readonly ms: number; readonly bytes: number; readonly whole: number }> {
    const pulled = this.#fleet.waitFor((line) => line.event === 'pulled', 'the pull', WITHIN_MS);
    this.#fleet.send({ cmd: 'pull', sha256 });
    const { ms, bytes, whole } = await pulled;
    return { ms: Number(ms), bytes: Number(bytes), whole: Number(whole) };
  }

  /** Bytes that the embedded broker has sent to its clients; 0 with another. */
  async brokerSentBytes(): Promise<number> {
    return this.#metric('vang_mqtt_sent_bytes_total');
  }

  async close(): Promise<void> {
    await this.#fleet.stop();
    await this.#service.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #figures(): Promise<{ uploaded: number; again: number }> {
    return {
      uploaded: await this.#service.audioBytesUploaded(this.district.administrator),
      again: await this.#metric('vang_asset_chunks_total{time="again"}'),
    };
  }

  async #metric(name: string): Promise<number> {
    const text = await this.district.administrator.text('/metrics');
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  }

  async #record(bytes: number): Promise<{ sha256: string; bytes: number }> {
    const { author, communeId } = this.district;
    const item = { kind: 'recording', areaId: communeId, title: 'Bản ghi thử' };
    const { id } = await author.post<{ id: string }>('/api/items', item);
    await author.upload(
      `/api/items/${id}/audio`,
      noise(bytes / OPUS_BYTES_PER_SECOND, this.#recordings++),
      'audio/wav',
    );
    await this.district.approve(id);
    const audio = (await author.get<Recorded>(`/api/items/${id}`)).versions.at(-1)?.audio;
    if (!audio) throw new Error('no audio');
    return { sha256: audio.sha256, bytes: audio.bytes };
  }

  /** Ten in the morning of one of the next days: nothing sounds while this runs. */
  #nextSlot(): number {
    const day = Math.floor((Date.now() + 7 * 3_600_000) / 86_400_000) + this.#days++;
    return day * 86_400_000 + 3 * 3_600_000;
  }

  #allReady(has: (serial: string, bytes: number) => boolean): Promise<void> {
    const missing = new Set(Array.from({ length: this.count }, (_, i) => `S${i}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${missing.size} devices never became ready`)), WITHIN_MS);
      this.#onReady = (serial, bytes) => {
        if (!has(serial, bytes)) return;
        this.#received.set(serial, bytes);
        missing.delete(serial);
        if (missing.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #each(event: string): Promise<unknown> {
    const names = Array.from({ length: this.count }, (_, i) => `S${i}`);
    return Promise.all(
      names.map((serial) =>
        this.#fleet.waitFor((line) => line.event === event && line.serial === serial, `${serial} ${event}`, WITHIN_MS),
      ),
    );
  }
}

/** A WAV of so many seconds: noise that swells four times a second, as speech does; another for each number, so that no device has it. */
function noise(seconds: number, which: number): Buffer {
  const samples = Math.ceil(seconds * RATE);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  for (const [value, at] of [
    [16, 16],
    [RATE, 24],
    [RATE * 2, 28],
  ] as const)
    wav.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ] as const)
    wav.writeUInt16LE(value, at);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  let state = 12_345 + which;
  let low = 0;
  for (let at = 0; at < samples; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    low += (state / 2_147_483_648 - low) * 0.2;
    const swell = 0.5 + 0.5 * Math.sin((at / RATE) * 8 * Math.PI);
    wav.writeInt16LE(Math.round(low * swell * 16_000), 44 + at * 2);
  }
  return wav;
}
