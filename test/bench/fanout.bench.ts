import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient } from '../../demo/api-client.js';
import { DEMO_PASSWORD, LOGINS } from '../../demo/load.js';
import { testKey } from '../../devices/player/testing/keys.js';
import { AREA_LINKS, decodeClaim, topics } from '../../devices/protocol/index.js';
import { assemblePlatform } from '../../src/assemble.js';
import { boot } from '../../src/boot.js';
import { readConfig } from '../../src/config/index.js';
import { Controller } from '../../src/fleet/index.js';
import { Opened } from '../../src/platform/broker/broker.spec-support.js';
import { MqttBus } from '../../src/platform/broker/index.js';
import { freePort, programOf, runMosquitto } from '../../src/platform/broker/mosquitto.spec-support.js';
import { newId } from '../../src/platform/database/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import type { Platform } from '../../src/platform/platform.module.js';
import { Lifeline } from '../../src/platform/process/index.js';
import { enrolmentOf } from '../support/station.js';
import type { Bench } from './bench.js';
import type { Login } from './fanout.clients.js';
import { Crowd } from './fanout.crowd.js';
import { SmallDistrict } from './small-district.js';

const LIMITS = { ratio: 1.5, ratioMosquitto: 1.3, frozenRatio: 1.5 };
const FROZEN_SHARE = 0.05;
const FILL_BYTES = 32 * 1024;
/** An asset of nobody: what fills the sockets of those who do not read. */
const FILLING = 'f'.repeat(64);

interface Size {
  readonly devices: number;
  readonly rounds: number;
}

/**
 * An emergency for a commune, from the HTTP request to the last device's socket that has the command, against the same bytes published
 * raw to as many subscribers of one topic, through the same broker and in turns with it. Once on the embedded broker, also with clients
 * that never read, and once on Mosquitto. What a device then does with it (verifying) is measured apart.
 */
export const fanout: Bench = {
  name: 'fanout',
  async run({ short }) {
    const size: Size = short ? { devices: 100, rounds: 2 } : { devices: 2_000, rounds: 7 };
    const folder = await mkdtemp(join(tmpdir(), 'vang-fanout-'));
    const opened = new Opened();
    try {
      const missing = short ? 'the short form' : programOf('mosquitto') ? null : 'mosquitto is not installed';
      const commune = await settled(folder, size.devices + Math.ceil(size.devices * FROZEN_SHARE));
      const embedded = await onEmbedded(folder, size, commune);
      const mosquitto = missing === null ? await onMosquitto(folder, size, commune, opened) : null;
      return {
        ...size,
        openFiles: openFiles(),
        ...embedded,
        ...mosquitto,
        ...(missing === null ? {} : { skipped: `ratioMosquitto: ${missing}` }),
        holds: fanoutHolds(embedded, mosquitto),
      };
    } finally {
      await opened.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

/** @param mosquitto null: it was not tried, and the line says why */
export function fanoutHolds(
  { ratio, frozenRatio }: { readonly ratio: number; readonly frozenRatio: number },
  mosquitto: { readonly ratioMosquitto: number } | null,
): boolean {
  return (
    ratio <= LIMITS.ratio &&
    frozenRatio <= LIMITS.frozenRatio &&
    (mosquitto === null || mosquitto.ratioMosquitto <= LIMITS.ratioMosquitto)
  );
}

/** The service learns of its devices when it starts, so it starts anew for each part. */
async function settled(folder: string, devices: number): Promise<Commune> {
  const service = await Service.start(folder, null);
  try {
    return await service.settle(devices);
  } finally {
    await service.stop();
  }
}

async function onEmbedded(folder: string, { devices, rounds }: Size, commune: Commune) {
  const service = await Service.start(folder, null);
  const crowd = new Crowd();
  try {
    const healthy = commune.logins.slice(0, devices);
    const asleep = commune.logins.slice(devices);
    const url = service.mqttUrl;
    await crowd.connect(url, healthy, commune.topics);
    const race = new Race(service, crowd, commune);
    await race.warmUp();
    const raw: number[] = [];
    const command: number[] = [];
    const frozen: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round++) {
      const sent = await race.command();
      bytes = sent.bytes;
      command.push(sent.ms);
      raw.push(await race.raw(bytes));
      await crowd.freeze(url, asleep, [...commune.topics, topics.asset(FILLING)]);
      await service.fill();
      frozen.push((await race.command()).ms);
      await crowd.thaw();
    }
    const { keys } = service.platform;
    const verifyMs = await crowd.verification(keys.keySet, keys.rootPublicKey);
    return {
      bytes,
      rawMs: rounded(median(raw)),
      commandMs: rounded(median(command)),
      ratio: rounded(median(command) / median(raw)),
      frozenClients: asleep.length,
      frozenMs: rounded(median(frozen)),
      frozenRatio: rounded(median(frozen) / median(command)),
      verifyMs: rounded(verifyMs),
    };
  } finally {
    await crowd.end();
    await service.stop();
  }
}

/** The same installation, with its devices on Mosquitto. */
async function onMosquitto(folder: string, { devices, rounds }: Size, commune: Commune, opened: Opened) {
  const port = await freePort();
  const listener = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`;
  await runMosquitto(opened, `${listener}set_tcp_nodelay true\nlog_type error\nlog_type information\n`);
  const url = `mqtt://127.0.0.1:${port}`;
  const service = await Service.start(folder, url);
  const crowd = new Crowd();
  try {
    await crowd.connect(url, commune.logins.slice(0, devices), commune.topics);
    const race = new Race(service, crowd, commune);
    await race.warmUp();
    const raw: number[] = [];
    const command: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const sent = await race.command();
      command.push(sent.ms);
      raw.push(await race.raw(sent.bytes));
    }
    return {
      rawMosquittoMs: rounded(median(raw)),
      commandMosquittoMs: rounded(median(command)),
      ratioMosquitto: rounded(median(command) / median(raw)),
    };
  } finally {
    await crowd.end();
    await service.stop();
  }
}

/** Commands and raw messages in turns, each when nothing of the one before is under way any more. */
class Race {
  constructor(
    private readonly service: Service,
    private readonly crowd: Crowd,
    private readonly commune: Commune,
  ) {}

  async warmUp(): Promise<void> {
    await this.raw((await this.command()).bytes);
  }

  /** From the HTTP request on. */
  async command(): Promise<{ readonly ms: number; readonly bytes: number }> {
    await this.service.quiet();
    const { api } = this.service;
    const { areaId, emergency } = this.commune;
    const request = { ...emergency, areaId, requestKey: crypto.randomUUID() };
    return this.crowd.arrival(topics.area(areaId, 'commands'), () => api.post('/api/emergencies', request));
  }

  /** As many bytes, from a client that does nothing else, on another topic that the same devices hear. */
  async raw(bytes: number): Promise<number> {
    await this.service.quiet();
    const topic = topics.area(this.commune.provinceId, 'commands');
    const payload = Buffer.alloc(bytes, 'x');
    return (await this.crowd.arrival(topic, () => this.service.raw.publish(topic, payload, { qos: 1 }))).ms;
  }
}

interface Commune {
  readonly areaId: string;
  readonly provinceId: string;
  readonly logins: readonly Login[];
  /** What a device there hears. */
  readonly topics: readonly string[];
  readonly emergency: object;
}

/** The service as it runs everywhere, in this process, so that its broker can be asked for the baseline too. */
class Service {
  private constructor(
    private readonly life: Lifeline,
    readonly platform: Platform,
    private readonly httpUrl: string,
    readonly mqttUrl: string,
    readonly raw: MqttBus,
    readonly api: ApiClient,
  ) {}

  static async start(folder: string, mqttUrl: string | null): Promise<Service> {
    const config = readConfig({
      VANG_DATA: join(folder, 'service'),
      VANG_PORT: '0',
      VANG_DEMO: 'true',
      VANG_ADMIN_LOGIN: LOGINS.administrator,
      VANG_ADMIN_PASSWORD: DEMO_PASSWORD,
      ...(mqttUrl === null ? { VANG_MQTT_PORT: String(await freePort()) } : { MQTT_URL: mqttUrl }),
    });
    const life = new Lifeline(silentLog);
    const platform = assemblePlatform(config, silentLog);
    try {
      const running = await boot(config, silentLog, life, platform);
      const raw = new MqttBus({ url: platform.broker?.serviceUrl ?? running.mqttUrl, log: silentLog });
      await life.start(
        'baseline',
        () => raw.start(),
        () => raw.stop(),
      );
      await raw.whenConnected();
      const api = new ApiClient(running.httpUrl);
      await api.logIn(LOGINS.administrator, DEMO_PASSWORD);
      return new Service(life, platform, running.httpUrl, running.mqttUrl, raw, api);
    } catch (error) {
      await life.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.life.stop();
  }

  /** A commune with so many enrolled devices, and an emergency that its officer on duty may air. */
  async settle(devices: number): Promise<Commune> {
    const logIn = (login: string) => new ApiClient(this.httpUrl).logIn(login, DEMO_PASSWORD);
    const pause = () => wait(50);
    const district = await SmallDistrict.load({ logIn }, devices, 'Nước lũ đang lên. Bà con sơ tán ngay.', pause);
    const me = await this.api.get<{ accountId: string }>('/api/me');
    await this.api.put(`/api/areas/${district.communeId}/emergency-policy`, {
      ...{ dutyAccountIds: [me.accountId], preApproved: true, freeText: true, reviewWithinMinutes: 60 },
    });
    const { versions } = await this.api.get<{ versions: { n: number; audio: { sha256: string } }[] }>(
      `/api/items/${district.itemId}`,
    );
    const [version] = versions.slice(-1);
    const areas = await this.api.get<{ id: string; kind: string }[]>('/api/areas');
    const provinceId = areas.find(({ kind }) => kind === 'province')?.id ?? '';
    const areaId = district.communeId;
    const path = [areaId, provinceId];
    return {
      areaId,
      provinceId,
      logins: await this.#enrol(district, devices),
      topics: [topics.keys, ...path.flatMap((area) => AREA_LINKS.map((link) => topics.area(area, link)))],
      emergency: {
        itemId: district.itemId,
        version: version?.n,
        audioSha256: version?.audio.sha256,
        reason: 'Vỡ đê',
      },
    };
  }

  /** One by the front door; the others are rows like its own, because enrolling is not what is measured. */
  async #enrol(district: SmallDistrict, devices: number): Promise<Login[]> {
    const code = decodeClaim(await district.claim(0))?.code ?? '';
    const request = enrolmentOf(code, testKey('device 0'), { simulated: true });
    const first = await this.api.post<{ device: string; token: string }>('/api/device/v1/enrolments', request);
    const logins = [{ username: first.device, password: first.token }];
    await this.platform.database.write(async ({ manager }) => {
      const row = await manager.findOneByOrFail(Controller, { id: first.device });
      for (const [at, { id: clusterId }] of district.clusters.entries()) {
        if (clusterId === row.clusterId || logins.length === devices) continue;
        const [username, password] = [newId(), randomBytes(32).toString('base64url')];
        const tokenSha256 = createHash('sha256').update(password).digest('hex');
        const { publicKey } = testKey(`device ${at}`);
        await manager.insert(Controller, {
          ...row,
          id: username,
          clusterId,
          serial: `SN-${at}`,
          publicKey,
          tokenSha256,
        });
        logins.push({ username, password });
      }
    });
    return logins;
  }

  /** Until the service has published nothing for a while: plans and lists of what came before are out. */
  async quiet(): Promise<void> {
    let before = -1;
    for (let still = 0; still < 10; ) {
      const { bytesPublished } = this.platform.bus;
      still = bytesPublished === before ? still + 1 : 0;
      before = bytesPublished;
      await wait(200);
    }
  }

  /** Until what does not read holds all that its sockets and its allowance in the broker take. */
  async fill(): Promise<void> {
    const { broker } = this.platform;
    if (!broker) return;
    const before = (await broker.stats()).droppedForwards;
    const filling = Buffer.alloc(FILL_BYTES);
    while ((await broker.stats()).droppedForwards < before + 1_000)
      for (let i = 0; i < 8; i++) await this.raw.publish(topics.chunk(FILLING, 0), filling);
  }
}

/** How many files this process may open at a time (`ulimit -n`). */
function openFiles(): string {
  try {
    return /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const rounded = (value: number): number => Math.round(value * 100) / 100;
