import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { type Identity, topics } from '../../../devices/protocol/index.js';
import { AreaService, idsUpwards } from '../../areas/index.js';
import { MqttBus } from '../../platform/broker/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { Outbox, type OutboxRelay } from '../../platform/outbox/index.js';
import { DeviceAccess } from '../access/device-access.js';
import { ClusterService } from '../cluster.service.js';
import { type Cluster, Controller } from '../fleet.entity.js';
import { IssuedIdentity } from './identity.entity.js';

type Named = Omit<Identity, 'issuedAt'>;

/** Who a device is, by our word: at its enrolment, and anew when its place, its areas or its key change. */
@Injectable()
export class IdentityService {
  #off: (() => void) | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly access: DeviceAccess,
    private readonly keys: KeyRing,
    private readonly bus: MqttBus,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  register(relay: OutboxRelay): void {
    relay.on<{ areaPath?: string }>('fleet.listeners', ({ payload }) => this.reissue(payload.areaPath ?? '/'));
    relay.on<{ controllerId: string }>('fleet.identity', async ({ payload: { controllerId } }) => {
      await this.access.moved(controllerId);
      if (this.bus.connected) await this.#retain(controllerId);
    });
    relay.on<{ controllerId: string }>('fleet.revoked', async ({ payload: { controllerId } }) => {
      await this.database.write(async (tx) => {
        await tx.manager.update(IssuedIdentity, { controllerId }, { signed: '' });
      });
      // Without a connection it is cleared with the next one.
      if (this.bus.connected) await this.#retain(controllerId);
    });
  }

  /** Publishes what is retained at every connection: a broker that was restarted may have lost it. */
  async start(): Promise<void> {
    this.#off = this.bus.onConnect(() => this.#republish());
    if (this.bus.connected) await this.#republish();
  }

  async stop(): Promise<void> {
    this.#off?.();
    await this.#turn;
  }

  /** As an enrolment states it; the device has it with the answer, so nothing is retained until it changes. */
  async atEnrolment(tx: WriteTransaction, controller: Controller, cluster: Cluster): Promise<Identity> {
    const named = await this.#named(tx.manager, controller, cluster);
    await tx.manager.save(IssuedIdentity, {
      controllerId: controller.id,
      contentSha256: hashOf(named),
      signed: null,
      issuedAtMs: this.clock.nowMs(),
    });
    return named;
  }

  /** Issues it with a new time, whether or not it changed. Of two identities the later one holds. */
  async issue(tx: WriteTransaction, controller: Controller, cluster: Cluster): Promise<string> {
    const named = await this.#named(tx.manager, controller, cluster);
    const before = await tx.manager.findOneBy(IssuedIdentity, { controllerId: controller.id });
    const issuedAt = Math.max(this.clock.nowMs(), (before?.issuedAtMs ?? 0) + 1);
    const signed = this.keys.sign('vang-identity', { ...named, issuedAt } satisfies Identity);
    const contentSha256 = hashOf(named);
    await tx.manager.save(IssuedIdentity, { controllerId: controller.id, contentSha256, signed, issuedAtMs: issuedAt });
    await this.outbox.add(tx, { topic: 'fleet.identity', payload: { controllerId: controller.id } });
    return signed;
  }

  /** Of every controller at or below the area whose identity is no longer true: a merger, or an import that moved its cluster. */
  async reissue(areaPath: string): Promise<void> {
    const { clusters, controllers, issued } = await this.database.read(async (reader) => ({
      clusters: new Map((await this.clusters.under(reader, areaPath)).map((cluster) => [cluster.id, cluster])),
      controllers: await reader.findBy(Controller, { revokedAtMs: IsNull() }),
      issued: new Map((await reader.find(IssuedIdentity)).map((row) => [row.controllerId, row.contentSha256])),
    }));
    for (const { id, clusterId, ...more } of controllers) {
      const cluster = clusters.get(clusterId);
      if (!cluster) continue;
      const named = await this.database.read((reader) => this.#named(reader, { id, clusterId, ...more }, cluster));
      if (hashOf(named) === issued.get(id)) continue;
      await this.database.write(async (tx) => {
        const [controller, now] = [
          await tx.manager.findOneBy(Controller, { id, revokedAtMs: IsNull() }),
          await this.clusters.byId(tx.manager, clusterId),
        ];
        if (controller && now) await this.issue(tx, controller, now);
      });
    }
  }

  async #named(reader: EntityManager, controller: Controller, cluster: Cluster): Promise<Named> {
    const area = await this.areas.byId(reader, cluster.areaId);
    return {
      v: 1,
      device: controller.id,
      publicKey: controller.publicKey,
      path: idsUpwards(cluster.areaPath),
      area: { id: cluster.areaId, name: area?.name ?? cluster.areaId },
      cluster: { id: cluster.id, name: cluster.name },
    };
  }

  async #republish(): Promise<void> {
    try {
      const rows = await this.database.read((reader) =>
        reader.find(IssuedIdentity, { select: { controllerId: true }, where: { signed: Not(IsNull()) } }),
      );
      for (const { controllerId } of rows) await this.#retain(controllerId);
    } catch (error) {
      this.log.warn({ err: error }, 'identities could not be published; tried again at the next connection');
    }
  }

  /** One at a time, each read when its turn has come: an older one never follows a newer one. Empty clears. */
  #retain(controllerId: string): Promise<void> {
    const turn = this.#turn.then(async () => {
      const row = await this.database.read((reader) => reader.findOneBy(IssuedIdentity, { controllerId }));
      if (typeof row?.signed === 'string')
        await this.bus.publish(topics.down(controllerId, 'identity'), this.keys.renewed('vang-identity', row.signed), {
          qos: 1,
          retain: true,
        });
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

const hashOf = (named: Named): string => createHash('sha256').update(JSON.stringify(named)).digest('hex');
