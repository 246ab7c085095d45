import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Inject, Injectable } from '@nestjs/common';
import webPush from 'web-push';
import type { PushSubscription } from '../notice.entity.js';
import { type NoticeSettings, SETTINGS_IN_USE } from '../settings.js';
import { guardedLookup, HiddenAddress, parseEndpoint, resolveByOperatingSystem } from './push.address.js';
import { PushKeys } from './push.keys.js';

const ANSWER_WITHIN_MS = 8_000;
/** How long the push service keeps it for a telephone that is off; the inbox keeps it anyway. */
const TTL_SECONDS = 24 * 3_600;

export type PushOutcome =
  | { readonly kind: 'sent' }
  /** The browser has given the subscription up. */
  | { readonly kind: 'gone' }
  /** Trying again would not help. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface Push {
  readonly payload: string;
  readonly urgent: boolean;
  /** Of two undelivered pushes with one topic the newer stays. At most 32 characters of base64url (RFC 8030 §5.4). */
  readonly topic: string;
  /** Where the push service's operator finds us: `mailto:` or `https:` (RFC 8292 §2.1). */
  readonly contact: string;
}

/** Web Push: encryption (RFC 8291) and VAPID by web-push; the request is our own, because of where it must not go. */
@Injectable()
export class PushSender {
  constructor(
    private readonly keys: PushKeys,
    @Inject(SETTINGS_IN_USE) private readonly settings: NoticeSettings,
  ) {}

  /** @throws when it may be tried again */
  async send(to: Pick<PushSubscription, 'endpoint' | 'p256dh' | 'auth'>, push: Push): Promise<PushOutcome> {
    const { pushToPrivateEndpoints, resolve = resolveByOperatingSystem } = this.settings;
    const url = parseEndpoint(to.endpoint, pushToPrivateEndpoints);
    if (!url) return { kind: 'refused', reason: 'the endpoint is not allowed' };
    const { publicKey, privateKey } = await this.keys.pair();
    const { headers, body } = webPush.generateRequestDetails(
      { endpoint: to.endpoint, keys: { p256dh: to.p256dh, auth: to.auth } },
      push.payload,
      {
        TTL: TTL_SECONDS,
        urgency: push.urgent ? 'high' : 'normal',
        topic: push.topic,
        vapidDetails: { subject: push.contact, publicKey, privateKey },
      },
    );
    try {
      const lookup = guardedLookup(resolve, pushToPrivateEndpoints);
      return outcomeOf(await post(url, { headers: { ...headers }, lookup }, body));
    } catch (error) {
      if (error instanceof HiddenAddress) return { kind: 'refused', reason: error.message };
      throw error;
    }
  }
}

function outcomeOf(status: number): PushOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status === 408 || status === 429 || status >= 500) throw new Error(`the push service answered ${status}`);
  // A redirect too: it is not followed, it may lead anywhere.
  return { kind: 'refused', reason: `the push service answered ${status}` };
}

type PostOptions = { headers: Record<string, string | number>; lookup: ReturnType<typeof guardedLookup> };

/** One request on a connection of its own. Its answer's body is nobody's business. @returns the status */
function post(url: URL, options: PostOptions, body: Buffer | string | null): Promise<number> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = request(url, { ...options, method: 'POST', agent: false }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    const timer = setTimeout(() => asked.destroy(new Error('the push service does not answer')), ANSWER_WITHIN_MS);
    asked.on('close', () => clearTimeout(timer));
    asked.on('error', reject);
    asked.end(body);
  });
}
