import { Injectable } from '@nestjs/common';
import webPush from 'web-push';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { PushKey } from '../notice.entity.js';

const OWN = 'vapid';

/**
 * The installation's VAPID keys (RFC 8292), made once. They lie in the database, not among the key files: a subscription
 * is bound to them, so the two are backed up, restored and shared by several processes together, and the private key
 * can do nothing but send to the subscriptions beside it. It leaves this service never.
 */
@Injectable()
export class PushKeys {
  #known: Promise<PushKey> | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Uncompressed point, base64url: the `applicationServerKey` of a browser. */
  async publicKey(): Promise<string> {
    return (await this.pair()).publicKey;
  }

  async pair(): Promise<Pick<PushKey, 'publicKey' | 'privateKey'>> {
    this.#known ??= this.#load().catch((error: unknown) => {
      this.#known = null;
      throw error;
    });
    return this.#known;
  }

  async #load(): Promise<PushKey> {
    const kept = await this.database.read((reader) => reader.findOneBy(PushKey, { id: OWN }));
    if (kept) return kept;
    const made = { id: OWN, ...webPush.generateVAPIDKeys(), createdAtMs: this.clock.nowMs() };
    return this.database.write(async ({ manager }) => {
      // Another process may have made them at the same moment: whoever was first decides.
      await manager.createQueryBuilder().insert().into(PushKey).values(made).orIgnore().execute();
      return manager.findOneByOrFail(PushKey, { id: OWN });
    });
  }
}
