import type { z } from 'zod';
import { parseTopic, TOPIC_RULES, type Uplink } from '../../../devices/protocol/index.js';
import { jsonOf, RateLimit } from '../../platform/broker/index.js';

/**
 * `topic`: not of the contract. `rate`: more than the contract's limit. `size`, `shape`: what came cannot be taken.
 * `device`: it speaks in the name of another.
 */
export type Refusal = 'topic' | 'rate' | 'size' | 'shape' | 'device';

export type Entered<Message> =
  | { readonly ok: true; readonly device: string; readonly message: Message }
  /** `alarm`: says something about the device whose topic it is; a flood says it once a minute. */
  | { readonly ok: false; readonly device: string | null; readonly alarm: string | null };

/** Where messages of one kind come in: what is not as the contract says is refused and counted, and concerns its sender alone. */
export class UplinkDoor<Message extends { readonly device: string }> {
  readonly #limit: RateLimit;
  readonly #floods = new RateLimit(1);
  readonly #refused = new Map<Refusal, number>();

  constructor(
    readonly uplink: Uplink,
    private readonly schema: z.ZodType<Message>,
  ) {
    this.#limit = new RateLimit(TOPIC_RULES[`up.${uplink}`].perMinute);
  }

  get refused(): ReadonlyMap<Refusal, number> {
    return this.#refused;
  }

  /** @param monotonicMs for the limits */
  enter(topic: string, payload: Uint8Array, monotonicMs: number): Entered<Message> {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'up' || parsed.uplink !== this.uplink) return this.#refuse('topic', null);
    const { device } = parsed;
    if (!this.#limit.allow(device, monotonicMs)) {
      const first = this.#floods.allow(device, monotonicMs);
      return this.#refuse('rate', device, first ? 'device.flood' : null);
    }
    const malformed = `device.${this.uplink}Malformed`;
    if (payload.length > TOPIC_RULES[`up.${this.uplink}`].maxBytes) return this.#refuse('size', device, malformed);
    const read = this.schema.safeParse(jsonOf(payload));
    if (!read.success) return this.#refuse('shape', device, malformed);
    if (read.data.device !== device) return this.#refuse('device', device, malformed);
    return { ok: true, device, message: read.data };
  }

  #refuse(reason: Refusal, device: string | null, alarm: string | null = null): Entered<Message> {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    return { ok: false, device, alarm };
  }
}
