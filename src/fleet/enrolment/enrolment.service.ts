import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import {
  type EnrolmentAnswer,
  type EnrolmentRequest,
  encodeClaim,
  fromBase64Url,
  proofBytes,
} from '../../../devices/protocol/index.js';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { type Actor, PublicAddress } from '../../platform/http/index.js';
import { KeyRing, nodeCrypto } from '../../platform/keys/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { DeviceAccess } from '../access/device-access.js';
import { ClusterService } from '../cluster.service.js';
import { ControllerEnd } from '../controllers/controller-end.js';
import { ClaimRecord, Controller, ControllerKey } from '../fleet.entity.js';
import { fleetProblem } from '../problems.js';
import { Sim } from '../sims/sim.entity.js';
import { StockBox } from '../stock/stock.entity.js';
import { codeFor, sha256Of } from './claim-code.js';
import { IdentityService } from './identity.service.js';
import { enrolmentProblem } from './problems.js';

/** A claim printed today is scanned on a pole within the week. */
const CLAIM_MS = 7 * 86_400_000;

export interface NewClaim {
  readonly id: string;
  /** The text of its QR code. */
  readonly claim: string;
  readonly expiresAtMs: number;
}

@Injectable()
export class EnrolmentService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly identities: IdentityService,
    private readonly end: ControllerEnd,
    private readonly access: DeviceAccess,
    private readonly keys: KeyRing,
    private readonly address: PublicAddress,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async createClaim(actor: Actor, clusterId: string): Promise<NewClaim> {
    return this.database.write(async (tx) => {
      const cluster = await this.clusters.demand(tx.manager, actor, 'fleet.manage', clusterId);
      const claim = await this.addClaim(tx, clusterId, null);
      const detail = { cluster: cluster.code };
      await this.audit.add(tx, actor, {
        action: 'claim.created',
        subject: claim.id,
        areaPath: cluster.areaPath,
        detail,
      });
      return claim;
    });
  }

  /** @param reason why the box before is replaced; null: as a first one, or without a word */
  async addClaim(tx: WriteTransaction, clusterId: string, reason: string | null): Promise<NewClaim> {
    const now = this.clock.nowMs();
    const id = newId();
    const code = codeFor(this.#secret, id);
    const expiresAtMs = now + CLAIM_MS;
    await tx.manager.insert(ClaimRecord, {
      id,
      codeSha256: sha256Of(code),
      clusterId,
      createdAtMs: now,
      expiresAtMs,
      usedByKey: null,
      controllerId: null,
      boxId: null,
      reason,
    });
    return { id, claim: this.claimText(code), expiresAtMs };
  }

  claimText(code: string): string {
    return encodeClaim({ url: this.address.http, code, root: this.keys.rootFingerprint });
  }

  /** What the QR code of a claim says, while it is good. */
  async textOf(actor: Actor, claimId: string): Promise<string> {
    return this.database.read(async (reader) => {
      const claim = await reader.findOneBy(ClaimRecord, { id: claimId });
      const cluster = claim && (await this.clusters.byId(reader, claim.clusterId));
      if (!claim || !cluster || !actor.may('fleet.manage', cluster.areaPath)) throw fleetProblem('claim.unknown');
      const code = codeFor(this.#secret, claim.id);
      const over = claim.usedByKey !== null || claim.expiresAtMs < this.clock.nowMs();
      if (over || sha256Of(code) !== claim.codeSha256) throw enrolmentProblem('claim.notPrintable');
      return this.claimText(code);
    });
  }

  /**
   * Makes a controller of a claim. The same key may come again with the same code: the answer may have been lost on the
   * way, and the device must not be locked out by that. Another key is refused.
   * @throws claim.notInstalled for a box of the stock that nobody admitted to a cluster; it repeats
   */
  async enrol(request: EnrolmentRequest): Promise<EnrolmentAnswer> {
    const token = randomBytes(32).toString('base64url');
    const proven = isProven(request);
    if (await this.#waits(request, proven)) throw enrolmentProblem('claim.notInstalled');
    const enrolled = await this.database.write(
      async (tx) => {
        const claim = await tx.manager.findOneBy(ClaimRecord, { codeSha256: sha256Of(request.code) });
        if (!claim) throw fleetProblem('claim.unknown');
        if (claim.usedByKey !== null && claim.usedByKey !== request.publicKey) throw fleetProblem('claim.used');
        if (claim.expiresAtMs < this.clock.nowMs()) throw fleetProblem('claim.expired');
        if (!proven) throw fleetProblem('claim.proofWrong');
        // Invariant 13: only a demo database knows simulated devices.
        if (request.simulated && !this.database.isDemo()) throw fleetProblem('claim.simulatedRefused');
        const cluster = await this.clusters.byId(tx.manager, claim.clusterId);
        if (!cluster) throw fleetProblem('cluster.unknown');
        const controller = await this.#settle(tx, claim, request, sha256Of(token));
        await this.outbox.add(tx, { topic: 'fleet.enrolled', payload: { controllerId: controller.current.id } });
        return {
          controller: controller.current,
          former: controller.former,
          identity: await this.identities.atEnrolment(tx, controller.current, cluster),
        };
        // Two claims of one cluster at the same moment: one of them must see the other's controller.
      },
      { isolation: 'serializable' },
    );
    // Before the answer, because the device connects the moment it has it.
    for (const former of enrolled.former) await this.access.expel(former);
    await this.access.admit(enrolled.controller.id, token);
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

  /** The controller that this code once let in. */
  async holderOf(code: string): Promise<string | null> {
    const claim = await this.database.read((reader) => reader.findOneBy(ClaimRecord, { codeSha256: sha256Of(code) }));
    return claim?.controllerId ?? null;
  }

  /** A box of the stock that calls before anybody admitted it, or after its trial: that it has power and a network is worth knowing. */
  async #waits({ code, serial }: EnrolmentRequest, proven: boolean): Promise<boolean> {
    const name = { codeSha256: sha256Of(code) };
    const { box, claim } = await this.database.read(async (reader) => ({
      box: await reader.findOneBy(StockBox, name),
      claim: await reader.findOneBy(ClaimRecord, name),
    }));
    const trialOver = box?.state === 'trial' && claim?.controllerId === null && claim.expiresAtMs < this.clock.nowMs();
    if (!box || (box.state !== 'waiting' && !trialOver)) return false;
    if (proven && box.serial === serial)
      await this.database.write((tx) => tx.manager.update(StockBox, name, { calledAtMs: this.clock.nowMs() }));
    return true;
  }

  async #settle(
    tx: WriteTransaction,
    claim: ClaimRecord,
    request: EnrolmentRequest,
    tokenSha256: string,
  ): Promise<{ current: Controller; former: string[] }> {
    const box = claim.boxId === null ? null : await tx.manager.findOneBy(StockBox, { id: claim.boxId });
    if (box && box.serial !== request.serial.normalize('NFC').trim()) throw enrolmentProblem('claim.otherBox');
    const again = claim.controllerId ? await tx.manager.findOneBy(Controller, { id: claim.controllerId }) : null;
    // A box that was replaced does not come back by the claim that once let it in.
    if (again && again.revokedAtMs !== null) throw fleetProblem('claim.used');
    if (again) {
      await tx.manager.update(Controller, { id: again.id }, { tokenSha256 });
      return { current: { ...again, tokenSha256 }, former: [] };
    }
    // The box before it, if any, hands the cluster over: its key ends here, the cluster's history stays (case 25).
    const former = await tx.manager.findBy(Controller, { clusterId: claim.clusterId, revokedAtMs: IsNull() });
    for (const { id } of former) await this.end.end(tx, id, claim.reason);
    const controller: Controller = {
      id: newId(),
      clusterId: claim.clusterId,
      model: request.model,
      serial: request.serial,
      publicKey: request.publicKey,
      tokenSha256,
      simulated: request.simulated,
      enrolledAtMs: this.clock.nowMs(),
      revokedAtMs: null,
      revokedReason: null,
      formerPublicKey: null,
      keyChangedAtMs: null,
      online: false,
      lastHeardAtMs: null,
      syncedVersion: 0,
      ready: false,
      trust: 'untrusted',
      firmware: null,
      capabilities: null,
    };
    await tx.manager.save(Controller, controller);
    const { id: controllerId, publicKey, enrolledAtMs: fromMs } = controller;
    await tx.manager.save(ControllerKey, { controllerId, publicKey, fromMs, untilMs: null });
    const used = { usedByKey: request.publicKey, controllerId: controller.id };
    await tx.manager.update(ClaimRecord, { id: claim.id }, used);
    if (box) await this.#unpack(tx, box, controller.id);
    await this.#keepCard(tx, former, controller.id);
    const cluster = await this.clusters.byId(tx.manager, claim.clusterId);
    await this.audit.add(tx, null, {
      action: 'controller.enrolled',
      subject: controller.id,
      areaPath: cluster?.areaPath ?? '/',
      detail: { serial: request.serial, cluster: claim.clusterId },
    });
    return { current: controller, former: former.map(({ id }) => id) };
  }

  /** A box of the stock is a controller now, on trial until its handover, and its SIM is the controller's. */
  async #unpack(tx: WriteTransaction, { id: boxId, state }: StockBox, controllerId: string): Promise<void> {
    await tx.manager.update(StockBox, { id: boxId }, { state: state === 'trial' ? 'trial' : 'enrolled', controllerId });
    await tx.manager.update(Sim, { boxId }, { controllerId, boxId: null });
  }

  /** Whoever replaces a box moves its card, unless the new one came with its own. */
  async #keepCard(tx: WriteTransaction, former: readonly Controller[], controllerId: string): Promise<void> {
    for (const { id } of former)
      if (!(await tx.manager.existsBy(Sim, { controllerId })))
        await tx.manager.update(Sim, { controllerId: id }, { controllerId });
  }

  get #secret(): Buffer {
    return this.keys.secretFor('claim codes');
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
