import { createServer } from 'node:net';
import { topics, type UpdateOrder, type UpdateState, updateOrder } from '../../devices/protocol/index.js';
import { OrderRetainer } from '../../src/dispatch/updates/order-retainer.js';
import { ReleaseService } from '../../src/dispatch/updates/release.service.js';
import { RolloutClock } from '../../src/dispatch/updates/rollout.clock.js';
import { RolloutService } from '../../src/dispatch/updates/rollout.service.js';
import { RolloutViews } from '../../src/dispatch/updates/rollout.views.js';
import { UpdateStatusIntake } from '../../src/dispatch/updates/status-intake.js';
import { newRelease, newRollout } from '../../src/dispatch/updates/update.api.js';
import { OrderRow, StatusRow, UpdateTarget } from '../../src/dispatch/updates/update.entity.js';
import { ClusterGroupService } from '../../src/fleet/cluster-group.service.js';
import { Alarm, Controller } from '../../src/fleet/fleet.entity.js';
import type { Database } from '../../src/platform/database/index.js';
import { OutboxRelay } from '../../src/platform/outbox/index.js';
import type { PoleDevice } from './pole-device.js';
import { openSigned } from './pole-device.js';
import { MONDAY_NINE, Station } from './station.js';

/** The night after the Monday on which every scene begins. */
export const MIDNIGHT = MONDAY_NINE + 15 * 3_600_000;
/** Controllers of An Khương, each at a cluster of its own. */
export const PLACES = 8;

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** A commune whose controllers run release 1, one controller of another commune, and release 2 that waits. */
export class UpdateFleet {
  readonly devices = new Map<string, PoleDevice>();
  releaseId = '';

  private constructor(
    readonly station: Station,
    readonly relay: OutboxRelay,
    private readonly intake: UpdateStatusIntake,
  ) {}

  static async open(database: Database): Promise<UpdateFleet> {
    const station = await Station.open(database, { withBroker: true, brokerPort: await freePort() });
    await station.settle();
    const numbers = Array.from({ length: PLACES }, (_, at) => 100 + at);
    await station.importClusters(numbers.map((n) => `p${n},ak,Cụm ${n},,,2,ak1\n`).join(''));
    const relay = new OutboxRelay({ ...station.platform, pollMs: null });
    (await station.start(OrderRetainer)).register(relay);
    const fleet = new UpdateFleet(station, relay, await station.start(UpdateStatusIntake));
    await relay.start();
    for (const code of [...numbers.map((n) => `p${n}`), 'k9']) {
      const device = await station.enrol(code, { offline: true });
      fleet.devices.set(device.id, device);
      await fleet.runs(device.id, 1);
    }
    await fleet.#upload(1);
    fleet.releaseId = await fleet.#upload(2);
    return fleet;
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.station.close();
  }

  get service(): RolloutService {
    return this.station.get(RolloutService);
  }

  /** As the controller states it. */
  async runs(id: string, release: number, more: Partial<Controller> = {}): Promise<void> {
    await this.station.database.write(async ({ manager }) => {
      const controller = await manager.findOneByOrFail(Controller, { id });
      const firmware = { release, name: `1.${release}.0` };
      const lastHeardAtMs = this.station.clock.nowMs();
      await manager.save(Controller, { ...controller, firmware, capabilities: ['update'], lastHeardAtMs, ...more });
    });
  }

  async begin(change: object = {}, actor = this.station.root, area = 'ak') {
    const { id: areaId } = await this.station.area(area);
    return this.service.begin(actor, newRollout.parse({ releaseId: this.releaseId, areaId, ...change }));
  }

  async tick(): Promise<void> {
    await this.station.get(RolloutClock).tick();
    await this.relay.idle();
  }

  async one(id: string) {
    return (await this.station.get(RolloutViews).one(this.station.root, id, { limit: 100 })).items;
  }

  rows(): Promise<UpdateTarget[]> {
    return this.station.database.read((reader) => reader.find(UpdateTarget));
  }

  async idsIn(state: UpdateTarget['state']): Promise<string[]> {
    return (await this.rows()).filter((row) => row.state === state).map(({ controllerId }) => controllerId);
  }

  /** As it lies on the broker, opened as a device opens it. */
  async orderOf(controllerId: string): Promise<UpdateOrder> {
    const row = await this.station.database.read((reader) => reader.findOneByOrFail(OrderRow, { controllerId }));
    return updateOrder.parse(openSigned(row.signed, 'vang-update', this.station.platform.keys));
  }

  async alarms(): Promise<string[]> {
    const alarms = await this.station.database.read((reader) => reader.find(Alarm, { order: { code: 'ASC' } }));
    return alarms.map(({ code }) => code);
  }

  /** A group of the place of one controller. */
  async groupOf(controllerId: string): Promise<string> {
    const { id: areaId } = await this.station.area('ak');
    const { clusterId } = await this.station.database.read((reader) =>
      reader.findOneByOrFail(Controller, { id: controllerId }),
    );
    const group = { areaId, name: 'Chợ', clusterIds: [clusterId] };
    return (await this.station.get(ClusterGroupService).create(this.station.root, group)).id;
  }

  async revoke(id: string): Promise<void> {
    const { database, outbox } = this.station.platform;
    await database.write(async (tx) => {
      await tx.manager.update(Controller, { id }, { revokedAtMs: MONDAY_NINE });
      await outbox.add(tx, { topic: 'fleet.revoked', payload: { controllerId: id } });
    });
    await this.relay.idle();
  }

  word(device: string, state: UpdateState, release = 2, more: object = {}): string {
    return JSON.stringify({ v: 1, device, release, state, atMs: this.station.clock.nowMs(), ...more });
  }

  /** By the wire; returns when it is written. The service's own connection stands for many. */
  async say(state: UpdateState, ids: readonly string[], release = 2): Promise<void> {
    for (const id of ids) {
      const topic = topics.up(id, 'update');
      await this.station.platform.bus.publish(topic, this.word(id, state, release), { qos: 1 });
      for (;;) {
        await this.intake.flush();
        const where = { controllerId: id, state, release };
        if (await this.station.database.read((reader) => reader.existsBy(StatusRow, where))) break;
        await new Promise(setImmediate);
      }
    }
    await this.relay.idle();
  }

  async #upload(number: number): Promise<string> {
    const body = (async function* () {
      yield Buffer.from(`bundle ${number}`);
    })();
    const request = newRelease.parse({ number: String(number), name: `1.${number}.0`, models: 'spec' });
    const { station } = this;
    return (await station.get(ReleaseService).add(station.root, request, { type: '', bytes: null, body })).id;
  }
}
