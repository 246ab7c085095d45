import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { z } from 'zod';
import {
  type challengeAnswer,
  type EnrolmentAnswer,
  fromBase64Url,
  type KeyChange,
  keyChangeProofBytes,
  type TokenRequest,
  type tokenAnswer,
  tokenProofBytes,
} from '../../../devices/protocol/index.js';
import { Audit } from '../../accounts/index.js';
import { RateLimit } from '../../platform/broker/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import { PublicAddress } from '../../platform/http/index.js';
import { KeyRing, nodeCrypto } from '../../platform/keys/index.js';
import { DeviceAccess } from '../access/device-access.js';
import { ClusterService } from '../cluster.service.js';
import { ClaimRecord, Controller, ControllerKey } from '../fleet.entity.js';
import { challengeFor, isChallengeOf } from './challenge.js';
import { IdentityService } from './identity.service.js';
import { enrolmentProblem } from './problems.js';

/** A device asks once in months; who asks more often guesses. */
const ASKS_A_MINUTE = 10;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** New tokens and new keys for devices that prove that they have the key the service knows. */
@Injectable()
export class DeviceKeys {
  readonly #limit = new RateLimit(ASKS_A_MINUTE);

  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly identities: IdentityService,
    private readonly access: DeviceAccess,
    private readonly keys: KeyRing,
    private readonly address: PublicAddress,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Answered for any name: who asks does not learn which devices there are. */
  async challenge(device: string): Promise<z.infer<typeof challengeAnswer>> {
    this.#demandRate(device);
    const controller = await this.database.read((reader) =>
      reader.findOneBy(Controller, { id: device, revokedAtMs: IsNull() }),
    );
    const tokenSha256 = controller?.tokenSha256 ?? sha256('nobody');
    return { v: 1, challenge: challengeFor(this.#secret, { device, tokenSha256 }, this.clock.nowMs()) };
  }

  /** A new token; the old one ends, and with it whatever was connected by it. */
  async renewToken(request: TokenRequest): Promise<z.infer<typeof tokenAnswer>> {
    this.#demandRate(request.device);
    const token = randomBytes(32).toString('base64url');
    await this.database.write(async (tx) => {
      const controller = await this.#challenged(tx, request);
      if (!isSigned(controller.publicKey, tokenProofBytes(request.device, request.challenge), request.proof))
        throw enrolmentProblem('device.proofWrong');
      await tx.manager.update(Controller, { id: controller.id }, { tokenSha256: sha256(token) });
      await this.#note(tx, controller, 'controller.tokenRenewed');
    });
    await this.access.admit(request.device, token);
    return { v: 1, device: request.device, token, mqttUrl: this.address.mqtt, serverMs: this.clock.nowMs() };
  }

  /**
   * Another key for the same device. What the former one signed is still taken for an hour (`receiptKeysOf`). The same two keys
   * may come again, because the answer may have been lost on the way: a device must not be left between two keys.
   */
  async changeKey(request: KeyChange): Promise<EnrolmentAnswer> {
    this.#demandRate(request.device);
    const token = randomBytes(32).toString('base64url');
    const bytes = keyChangeProofBytes(request.device, request.challenge, request.publicKey);
    const identity = await this.database.write(async (tx) => {
      const controller = await this.#challenged(tx, request);
      const cluster = await this.clusters.byId(tx.manager, controller.clusterId);
      const again = request.publicKey === controller.publicKey;
      const former = again ? controller.formerPublicKey : controller.publicKey;
      if (!cluster || former === null || !isSigned(former, bytes, request.proof))
        throw enrolmentProblem('device.proofWrong');
      if (!isSigned(request.publicKey, bytes, request.newProof)) throw enrolmentProblem('device.proofWrong');
      const changes = {
        publicKey: request.publicKey,
        tokenSha256: sha256(token),
        formerPublicKey: former,
        // Of the first time: a thief of the former key must not make it hold longer.
        keyChangedAtMs: again ? controller.keyChangedAtMs : this.clock.nowMs(),
      };
      await tx.manager.update(Controller, { id: controller.id }, changes);
      if (!again) await followKey(tx, controller, request.publicKey, this.clock.nowMs());
      // The claim that once let it in must not give a token to the former key.
      await tx.manager.update(ClaimRecord, { controllerId: controller.id }, { usedByKey: request.publicKey });
      await this.#note(tx, controller, 'controller.keyChanged');
      return this.identities.issue(tx, { ...controller, ...changes }, cluster);
    });
    await this.access.admit(request.device, token);
    return {
      v: 1,
      device: request.device,
      token,
      mqttUrl: this.address.mqtt,
      rootPublicKey: this.keys.rootPublicKey,
      keySet: this.keys.keySet,
      identity,
      serverMs: this.clock.nowMs(),
    };
  }

  async #challenged(tx: WriteTransaction, { device, challenge }: TokenRequest): Promise<Controller> {
    const controller = await tx.manager.findOneBy(Controller, { id: device, revokedAtMs: IsNull() });
    const { tokenSha256 } = controller ?? { tokenSha256: sha256('nobody') };
    if (!isChallengeOf(this.#secret, { device, tokenSha256 }, challenge, this.clock.nowMs()))
      throw enrolmentProblem('device.challengeWrong');
    // A name that nobody has is refused like a key that does not fit.
    if (!controller) throw enrolmentProblem('device.proofWrong');
    return controller;
  }

  async #note(tx: WriteTransaction, { id, clusterId }: Controller, action: string): Promise<void> {
    const cluster = await this.clusters.byId(tx.manager, clusterId);
    await this.audit.add(tx, null, { action, subject: id, areaPath: cluster?.areaPath ?? '/' });
  }

  #demandRate(device: string): void {
    if (!this.#limit.allow(device, this.clock.monotonicMs())) throw enrolmentProblem('device.asksTooOften');
  }

  get #secret(): Buffer {
    return this.keys.secretFor('device challenges');
  }
}

/** The history of its keys; a key that it had before begins again. */
async function followKey(
  tx: WriteTransaction,
  { id, publicKey }: Controller,
  next: string,
  nowMs: number,
): Promise<void> {
  await tx.manager.update(ControllerKey, { controllerId: id, publicKey }, { untilMs: nowMs });
  const known = await tx.manager.findOneBy(ControllerKey, { controllerId: id, publicKey: next });
  const fromMs = known?.fromMs ?? nowMs;
  await tx.manager.save(ControllerKey, { controllerId: id, publicKey: next, fromMs, untilMs: null });
}

function isSigned(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  try {
    return nodeCrypto.verifyEd25519(fromBase64Url(publicKey), bytes, fromBase64Url(signature));
  } catch {
    // Letters of base64url that are not its canonical form.
    return false;
  }
}
