import type { Crypto, Identity, Signer } from '../../protocol/index.js';
import { type AskOutcome, askAtMs, asked, nextAsk, PACE, type Pace, type Renewal, UNASKED } from '../core/renewal.js';
import type { Log } from '../logger.js';
import type { MachineClock } from './clock.js';
import type { DeviceKey } from './crypto.js';
import { changeKey, Denied, renewToken } from './device-desk.js';
import { EnrolmentRefused } from './enrolment.js';
import type { Enrolled, IdentityFile } from './identity-file.js';
import type { MqttAccount } from './mqtt-link.js';

/** A key is laid down by a command beside the player: looked for so often. */
const LOOK_MS = 60_000;

export interface AccountParts {
  readonly file: IdentityFile;
  readonly key: DeviceKey;
  readonly enrolled: Enrolled;
  /** Instead of the broker that the service names. */
  readonly mqttUrl: string | undefined;
  readonly crypto: Crypto;
  readonly clock: MachineClock;
  readonly log: Log;
  readonly random?: () => number;
  readonly pace?: Pace;
}

export interface AccountHandlers {
  /** There is another token: a login may be tried at once. */
  renewed(): void;
  /** Signed with another key from now on. */
  keyChanged(identity: Identity): void;
}

/**
 * By what this device is known: its key and its token. What the service gave is on the disk before it is used, and the former
 * key holds until the service has taken the new one, so a cut at any step leaves a device that works.
 */
export class Account implements MqttAccount {
  #key: DeviceKey;
  #enrolled: Enrolled;
  #renewal: Renewal = UNASKED;
  #loginRefused = false;
  #keyWaits = false;
  #timer: NodeJS.Timeout | null = null;
  #look: NodeJS.Timeout | null = null;
  #asking: Promise<void> | null = null;
  #handlers: AccountHandlers | null = null;

  constructor(private readonly parts: AccountParts) {
    this.#key = parts.key;
    this.#enrolled = parts.enrolled;
  }

  /** Of the key that holds when it signs. */
  get signer(): Signer {
    const keyNow = () => this.#key;
    return {
      get kid() {
        return keyNow().kid;
      },
      sign: (message) => keyNow().sign(message),
    };
  }

  get device(): string {
    return this.#enrolled.identity.device;
  }

  get token(): string {
    return this.#enrolled.token;
  }

  get url(): string {
    return this.parts.mqttUrl ?? this.#enrolled.mqttUrl;
  }

  async start(handlers: AccountHandlers): Promise<void> {
    this.#handlers = handlers;
    this.#look = setInterval(() => void this.#lookForKey(), LOOK_MS);
    await this.#lookForKey();
  }

  /** A question on its way is left alone: whenever the answer comes, it is on the disk whole or not at all. */
  stop(): void {
    this.#handlers = null;
    if (this.#look) clearInterval(this.#look);
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** The broker refused a login with that token. */
  refused(token: string): void {
    if (token !== this.token) return;
    this.#loginRefused = true;
    this.#arm();
  }

  accepted(): void {
    this.#loginRefused = false;
  }

  async #lookForKey(): Promise<void> {
    try {
      this.#keyWaits = (await this.parts.file.nextKey()) !== null;
    } catch (error) {
      this.parts.log.warn('nextKey', { problem: String(error) });
    }
    this.#arm();
  }

  #arm(): void {
    const { clock, random = Math.random, pace = PACE } = this.parts;
    if (!this.#handlers || this.#timer || this.#asking) return;
    if (!nextAsk(this.#renewal, this.#loginRefused, this.#keyWaits)) return;
    const nowMs = clock.monoMs();
    const dueMs = askAtMs(this.#renewal, nowMs, random(), pace);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#asking = this.#ask().finally(() => {
        this.#asking = null;
        this.#arm();
      });
    }, dueMs - nowMs);
  }

  async #ask(): Promise<void> {
    const { clock, log, random = Math.random, pace = PACE } = this.parts;
    const ask = nextAsk(this.#renewal, this.#loginRefused, this.#keyWaits);
    if (!ask) return;
    let outcome: AskOutcome = 'answered';
    try {
      await (ask === 'key' ? this.#changeKey() : this.#renewToken());
      this.#loginRefused = false;
      log.info(ask === 'key' ? 'keyChanged' : 'tokenRenewed', { kid: this.#key.kid });
    } catch (error) {
      outcome = error instanceof Denied || error instanceof EnrolmentRefused ? 'denied' : 'unreachable';
      log.warn(ask === 'key' ? 'keyNotChanged' : 'tokenNotRenewed', { outcome, problem: String(error) });
    }
    this.#renewal = asked(this.#renewal, { ask, outcome }, clock.monoMs(), random(), pace);
    if (outcome === 'answered') this.#handlers?.renewed();
  }

  async #renewToken(): Promise<void> {
    const renewed = await renewToken(this.#enrolled, this.#key);
    await this.parts.file.write(renewed);
    this.#enrolled = renewed;
  }

  async #changeKey(): Promise<void> {
    const { file, crypto } = this.parts;
    const next = await file.nextKey();
    if (!next) {
      this.#keyWaits = false;
      return;
    }
    const changed = await changeKey(this.#enrolled, this.#key, next, crypto);
    await file.changeKey(changed);
    this.#enrolled = changed;
    this.#key = next;
    this.#keyWaits = false;
    this.#handlers?.keyChanged(changed.identity);
  }
}
