import { createHash, ECDH } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { NewSubscription, SubscriptionView } from '../notice.api.js';
import { PushSubscription } from '../notice.entity.js';
import { noticeProblem } from '../problems.js';
import { type NoticeSettings, SETTINGS_IN_USE } from '../settings.js';
import { HiddenAddress, hostOf, parseEndpoint, resolveByOperatingSystem, resolvePublic } from './push.address.js';

/** Browsers of one person; the oldest gives way. */
const MOST_BROWSERS = 20;

@Injectable()
export class SubscriptionService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(SETTINGS_IN_USE) private readonly settings: NoticeSettings,
  ) {}

  /** The same endpoint again is the same browser: with new keys, or of whoever is logged in there now. */
  async subscribe(actor: Actor, { endpoint, keys }: NewSubscription): Promise<SubscriptionView> {
    const url = await this.#allowed(endpoint);
    if (!isPoint(keys.p256dh)) throw noticeProblem('notices.keysInvalid');
    const wanted = { accountId: actor.accountId, p256dh: keys.p256dh, auth: keys.auth };
    const endpointSha256 = createHash('sha256').update(url.href).digest('hex');
    return this.database.write(async ({ manager }) => {
      const nowMs = this.clock.nowMs();
      const row = { id: newId(nowMs), ...wanted, endpoint: url.href, endpointSha256, createdAtMs: nowMs };
      await manager.createQueryBuilder().insert().into(PushSubscription).values(row).orIgnore().execute();
      await manager.update(PushSubscription, { endpointSha256 }, wanted);
      const mine = await manager.find(PushSubscription, {
        where: { accountId: actor.accountId },
        order: { id: 'DESC' },
      });
      const known = mine.find((each) => each.endpointSha256 === endpointSha256);
      const tooMany = mine.filter((each) => each !== known).slice(MOST_BROWSERS - 1);
      if (tooMany.length > 0) await manager.delete(PushSubscription, { id: In(tooMany.map(({ id }) => id)) });
      return viewOf(known ?? row);
    });
  }

  async unsubscribe(actor: Actor, id: string): Promise<void> {
    const { affected } = await this.database.write(({ manager }) =>
      manager.delete(PushSubscription, { id, accountId: actor.accountId }),
    );
    if (!affected) throw noticeProblem('notices.subscriptionUnknown');
  }

  async list(actor: Actor): Promise<SubscriptionView[]> {
    const mine = await this.database.read((reader) =>
      reader.find(PushSubscription, { where: { accountId: actor.accountId }, order: { id: 'DESC' } }),
    );
    return mine.map(viewOf);
  }

  /** Asked again at each sending: a name may lead elsewhere by then. */
  async #allowed(endpoint: string): Promise<URL> {
    const { pushToPrivateEndpoints, resolve = resolveByOperatingSystem } = this.settings;
    const url = parseEndpoint(endpoint, pushToPrivateEndpoints);
    if (!url) throw noticeProblem('notices.endpointRefused');
    if (pushToPrivateEndpoints) return url;
    try {
      await resolvePublic(hostOf(url), resolve);
      return url;
    } catch (error) {
      throw noticeProblem(error instanceof HiddenAddress ? 'notices.endpointRefused' : 'notices.endpointUnresolved');
    }
  }
}

/** A point that is not on the curve would fail, or give away more, at every sending. */
function isPoint(p256dh: string): boolean {
  try {
    return (
      Buffer.byteLength(ECDH.convertKey(p256dh, 'prime256v1', 'base64url', 'hex', 'uncompressed'), 'latin1') === 130
    );
  } catch {
    return false;
  }
}

/** The whole endpoint is a secret between browser and service; its host is enough to know the browser by. */
const viewOf = ({ id, endpoint, createdAtMs }: PushSubscription): SubscriptionView => ({
  id,
  host: new URL(endpoint).host,
  createdAtMs,
});
