import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { Program } from '../../demo/processes.js';
import { IdentityFile } from '../../devices/player/adapters/identity-file.js';
import { ROOT, SERVICE, signedKeySet } from '../../devices/player/testing/keys.js';
import { planOf, type TestAsset } from '../../devices/player/testing/plans.js';
import { FakeService, type Sent } from '../../devices/player/testing/service.js';
import {
  type Identity,
  type PlannedPlay,
  signJws,
  TOPIC_RULES,
  topics,
  type UpdateOrder,
  type UpdateState,
} from '../../devices/protocol/index.js';

const TOKEN = 'A'.repeat(43);

/** One real player process on a broker of its own, with a signed stand-in of the service at the other end. */
export class PoleStandIn {
  readonly #broker: Aedes;
  readonly #tcp: Server;
  readonly service: FakeService;
  #player: Program | null = null;

  private constructor(
    broker: Aedes,
    tcp: Server,
    service: FakeService,
    private readonly device: string,
    private readonly url: string,
    readonly data: string,
  ) {
    this.#broker = broker;
    this.#tcp = tcp;
    this.service = service;
  }

  /** Enrolled into `folder`, not started yet. */
  static async enrolled(folder: string, device: string): Promise<PoleStandIn> {
    const data = join(folder, device);
    const file = new IdentityFile(data);
    const key = await file.key();
    const service = new FakeService(device, key);
    const broker = await Aedes.createBroker();
    const tcp = createServer(broker.handle);
    await new Promise<void>((listening) => tcp.listen(0, '127.0.0.1', listening));
    const address = tcp.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const url = `mqtt://127.0.0.1:${address.port}`;
    const identity: Identity = {
      v: 1,
      device,
      publicKey: key.publicKey,
      path: ['commune-1'],
      area: { id: 'commune-1', name: 'Xã' },
      cluster: { id: `cluster-${device}`, name: 'Cụm' },
    };
    await file.write({
      v: 1,
      url: 'http://127.0.0.1:1',
      simulated: false,
      token: TOKEN,
      mqttUrl: url,
      rootPublicKey: ROOT.publicKey,
      keySet: signedKeySet(1),
      identity,
    });
    const pole = new PoleStandIn(broker, tcp, service, device, url, data);
    pole.#answer();
    await pole.#send({ topic: TOPIC_RULES.keys.topic, payload: service.keys }, true);
    return pole;
  }

  get running(): Program {
    if (!this.#player) throw new Error('the player is down');
    return this.#player;
  }

  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    this.#player = new Program('devices/player/main.js', ['--data', this.data, '--serial', this.device, ...args], {
      VANG_PLAYER_MQTT_URL: this.url,
      ...environment,
    });
    return this.#player;
  }

  /** As a board does that can be updated: by the launcher of its home. */
  launch(home: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    this.#player = new Program(
      'devices/player/update/launcher.js',
      [home, '--data', this.data, '--serial', this.device, ...args],
      { VANG_PLAYER_MQTT_URL: this.url, ...environment },
    );
    return this.#player;
  }

  async order(order: Omit<UpdateOrder, 'v' | 'device' | 'bundle'>, bundle: TestAsset): Promise<void> {
    this.service.hold(bundle);
    const message: UpdateOrder = { v: 1, device: this.device, bundle: bundle.ref, ...order };
    await this.#send(
      { topic: topics.down(this.device, 'update'), payload: signJws('vang-update', message, SERVICE) },
      true,
    );
  }

  /** It has said so of a release, at any time until now. */
  updated(release: number, state: UpdateState, withinMs: number): Promise<void> {
    const topic = topics.up(this.device, 'update');
    return this.#heard(
      (at, message) => at === topic && message.release === release && message.state === state,
      withinMs,
    );
  }

  async plan(version: number, plays: readonly PlannedPlay[], ...audio: readonly TestAsset[]): Promise<void> {
    this.service.hold(...audio);
    const change = { sinceMs: 0, from: '2020-01-01', until: '2040-01-01' };
    await this.#send(this.service.publish(planOf({ device: this.device, version, plays, change })), true);
  }

  /** Has the plan, all its audio and a trusted time. */
  ready(): Promise<void> {
    return this.#heard((topic, message) => topic === topics.up(this.device, 'state') && message.ready === true, 30_000);
  }

  receipts(count: number, withinMs: number): Promise<void> {
    return this.#heard(() => this.service.arrived.length >= count, withinMs);
  }

  async stop(): Promise<void> {
    await this.#player?.stop();
    await new Promise<void>((closed) => this.#broker.close(closed));
    await new Promise<void>((closed) => this.#tcp.close(() => closed()));
  }

  #heard(fits: (topic: string, message: Record<string, unknown>) => boolean, withinMs: number): Promise<void> {
    const { heard } = this.service;
    return new Promise((done, fail) => {
      let seen = 0;
      const look = () => {
        for (; seen < heard.length; seen++) {
          const { topic, message } = heard[seen] as (typeof heard)[number];
          if (!fits(topic, message)) continue;
          leave();
          return done();
        }
      };
      const timer = setTimeout(() => {
        leave();
        fail(new Error(`${this.device}: nothing within ${withinMs / 1000} s`));
      }, withinMs);
      const leave = () => {
        clearTimeout(timer);
        this.#broker.off('publish', later);
      };
      // After the stand-in has taken the message itself.
      const later = () => setImmediate(look);
      this.#broker.on('publish', later);
      look();
    });
  }

  #answer(): void {
    this.#broker.on('publish', (packet, client) => {
      if (!client || !packet.topic.startsWith('vang/')) return;
      for (const sent of this.service.take(packet.topic, packet.payload.toString(), Date.now()))
        void this.#send(sent, false);
    });
  }

  #send({ topic, payload }: Sent, retain: boolean): Promise<void> {
    const packet = {
      cmd: 'publish',
      dup: false,
      qos: 0,
      retain,
      topic,
      payload: typeof payload === 'string' ? payload : Buffer.from(payload),
    } as const;
    return new Promise((done, fail) => this.#broker.publish(packet, (error) => (error ? fail(error) : done())));
  }
}
