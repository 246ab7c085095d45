import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import {
  type EnrolmentAnswer,
  type EnrolmentRequest,
  encodeClaim,
  fromBase64Url,
  type Identity,
  proofBytes,
} from '../../devices/protocol/index.js';
import { Audit } from '../accounts/index.js';
import { AreaService, idsUpwards } from '../areas/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import { type Actor, PublicAddress } from '../platform/http/index.js';
import { KeyRing, nodeCrypto } from '../platform/keys/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { ClusterService } from './cluster.service.js';
import { DeviceAccess } from './device-access.js';
import { ClaimRecord, type Cluster, Controller } from './fleet.entity.js';
import { fleetProblem } from './problems.js';

/** A claim printed today is scanned on a pole within the week. */
const CLAIM_MS = 7 * 86_400_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

@Injectable()
export class EnrolmentService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly areas: AreaService,
    private readonly access: DeviceAccess,
    private readonly keys: KeyRing,
    private readonly address: PublicAddress,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async createClaim(actor: Actor, clusterId: string): Promise<{ id: string; claim: string; expiresAtMs: number }> {
    const code = randomBytes(18).toString('base64url');
    const now = this.clock.nowMs();
    return this.database.write(async (tx) => {
      const cluster = await this.clusters.demand(tx.manager, actor, 'fleet.manage', clusterId);
      const record = {
        id: newId(),
        codeSha256: sha256(code),
        clusterId,
        createdAtMs: now,
        expiresAtMs: now + CLAIM_MS,
        usedByKey: null,
        controllerId: null,
      };
      await tx.manager.insert(ClaimRecord, record);
      await this.audit.add(tx, actor, {
        action: 'claim.created',
        subject: record.id,
        areaPath: cluster.areaPath,
        detail: { cluster: cluster.code },
      });
      return {
        id: record.id,
        claim: encodeClaim({ url: this.address.http, code, root: this.keys.rootFingerprint }),
        expiresAtMs: record.expiresAtMs,
      };
    });
  }

  /**
   * Makes a controller of a claim. The same key may come again with the same code: the answer may have been lost on the
   * way, and the device must not be locked out by that. Another key is refused.
   */
  async enrol(request: EnrolmentRequest): Promise<EnrolmentAnswer> {
    const token = randomBytes(32).toString('base64url');
    const proven = isProven(request);
    const enrolled = await this.database.write(
      async (tx) => {
        const claim = await tx.manager.findOneBy(ClaimRecord, { codeSha256: sha256(request.code) });
        if (!claim) throw fleetProblem('claim.unknown');
        if (claim.usedByKey !== null && claim.usedByKey !== request.publicKey) throw fleetProblem('claim.used');
        if (claim.expiresAtMs < this.clock.nowMs()) throw fleetProblem('claim.expired');
        if (!proven) throw fleetProblem('claim.proofWrong');
        // Invariant 13: only a demo database knows simulated devices.
        if (request.simulated && !this.database.isDemo()) throw fleetProblem('claim.simulatedRefused');
        const cluster = await this.clusters.byId(tx.manager, claim.clusterId);
        if (!cluster) throw fleetProblem('cluster.unknown');
        const controller = await this.#settle(tx, claim, request, sha256(token));
        await this.outbox.add(tx, { topic: 'fleet.enrolled', payload: { controllerId: controller.current.id } });
        return {
          controller: controller.current,
          former: controller.former,
          identity: await this.#identityOf(tx, controller.current, cluster),
        };
        // Two claims of one cluster at the same moment: one of them must see the other's controller.
      },
      { isolation: 'serializable' },
    );
    // Before the answer, because the device connects the moment it has it.
    for (const former of enrolled.former) await this.access.expel(former);
    await this.access.admit(enrolled.controller);
    return {
      v: 1,
      device: enrolled.controller.id,
      token,
      mqttUrl: this.address.mqtt,
      rootPublicKey: this.keys.rootPublicKey,
      keySet: this.keys.keySet,
      identity: this.keys.sign('vang-identity', enrolled.identity),
      serverMs: this.clock.nowMs(),
    };
  }

  async #settle(
    tx: WriteTransaction,
    claim: ClaimRecord,
    request: EnrolmentRequest,
    tokenSha256: string,
  ): Promise<{ current: Controller; former: string[] }> {
    const again = claim.controllerId ? await tx.manager.findOneBy(Controller, { id: claim.controllerId }) : null;
    // A box that was replaced does not come back by the claim that once let it in.
    if (again && again.revokedAtMs !== null) throw fleetProblem('claim.used');
    if (again) {
      await tx.manager.update(Controller, { id: again.id }, { tokenSha256 });
      return { current: { ...again, tokenSha256 }, former: [] };
    }
    const now = this.clock.nowMs();
    // The box before it, if any, hands the cluster over: its key ends here, the cluster's history stays (case 25).
    const former = await tx.manager.findBy(Controller, { clusterId: claim.clusterId, revokedAtMs: IsNull() });
    for (const { id } of former) {
      await tx.manager.update(Controller, { id }, { revokedAtMs: now, online: false });
      await this.outbox.add(tx, { topic: 'fleet.revoked', payload: { controllerId: id } });
    }
    const controller = Object.assign(new Controller(), {
      id: newId(),
      clusterId: claim.clusterId,
      model: request.model,
      serial: request.serial,
      publicKey: request.publicKey,
      tokenSha256,
      simulated: request.simulated,
      enrolledAtMs: now,
      revokedAtMs: null,
      online: false,
      lastHeardAtMs: null,
      syncedVersion: 0,
      ready: false,
      trust: 'untrusted',
    });
    await tx.manager.insert(Controller, controller);
    await tx.manager.update(
      ClaimRecord,
      { id: claim.id },
      { usedByKey: request.publicKey, controllerId: controller.id },
    );
    await this.audit.add(tx, null, {
      action: 'controller.enrolled',
      subject: controller.id,
      areaPath: '/',
      detail: { serial: request.serial, cluster: claim.clusterId },
    });
    return { current: controller, former: former.map(({ id }) => id) };
  }

  async #identityOf(tx: WriteTransaction, controller: Controller, cluster: Cluster): Promise<Identity> {
    const area = await this.areas.byId(tx, cluster.areaId);
    return {
      v: 1,
      device: controller.id,
      publicKey: controller.publicKey,
      path: idsUpwards(cluster.areaPath),
      area: { id: cluster.areaId, name: area?.name ?? cluster.areaId },
      cluster: { id: cluster.id, name: cluster.name },
    };
  }
}

function isProven({ code, publicKey, proof }: EnrolmentRequest): boolean {
  try {
    return nodeCrypto.verifyEd25519(fromBase64Url(publicKey), proofBytes(code, publicKey), fromBase64Url(proof));
  } catch {
    // Letters of base64url that are not its canonical form.
    return false;
  }
}
