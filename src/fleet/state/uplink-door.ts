import type { z } from 'zod';
import { parseTopic, TOPIC_RULES, type Uplink } from '../../../devices/protocol/index.js';
import { jsonOf, RateLimit } from '../../platform/broker/index.js';

/**
 * `topic`: not of the contract. `rate`: more than the contract's limit; `share`: more at a time than one device may have waiting.
 * `memory`: too much waits of all devices together. `size`, `shape`: what came cannot be taken. `device`: it speaks in the name of
 * another.
 */
export type Refusal = 'topic' | 'rate' | 'share' | 'memory' | 'size' | 'shape' | 'device';

/** An alarm about the device whose topic it is. */
export interface Complaint {
  readonly code: string;
  readonly controllerId: string;
  readonly detail: string;
}

export type Admitted = { readonly ok: true; readonly device: string } | Refused;
export type Entered<Message> = { readonly ok: true; readonly device: string; readonly message: Message } | Refused;
/** `complaint`: where it says something about the device; a flood says it once a minute. */
export interface Refused {
  readonly ok: false;
  readonly complaint: Complaint | null;
}

/** Where messages of one kind come in: what is not as the contract says is refused and counted, and concerns its sender alone. */
export class UplinkDoor {
  readonly #limit: RateLimit;
  readonly #floods = new RateLimit(1);
  readonly #refused = new Map<Refusal, number>();

  constructor(readonly uplink: Uplink) {
    this.#limit = new RateLimit(TOPIC_RULES[`up.${uplink}`].perMinute);
  }

  get refused(): ReadonlyMap<Refusal, number> {
    return this.#refused;
  }

  /** Whose it is, and whether that one may speak now. @param monotonicMs for the limits */
  admit(topic: string, monotonicMs: number): Admitted {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'up' || parsed.uplink !== this.uplink) return this.refuse('topic');
    const { device } = parsed;
    if (this.#limit.allow(device, monotonicMs)) return { ok: true, device };
    return this.flood('rate', device, `more than ${TOPIC_RULES[`up.${this.uplink}`].perMinute} a minute`, monotonicMs);
  }

  /** The same, and what it says. */
  enter<Message extends { readonly device: string }>(
    schema: z.ZodType<Message>,
    topic: string,
    payload: Uint8Array,
    monotonicMs: number,
  ): Entered<Message> {
    const admitted = this.admit(topic, monotonicMs);
    if (!admitted.ok) return admitted;
    const { device } = admitted;
    const { maxBytes } = TOPIC_RULES[`up.${this.uplink}`];
    const malformed = (detail: string): Complaint => this.#complaint(`device.${this.uplink}Malformed`, device, detail);
    if (payload.length > maxBytes)
      return this.refuse('size', malformed(`${payload.length} bytes, more than ${maxBytes}`));
    const read = schema.safeParse(jsonOf(payload));
    if (!read.success) return this.refuse('shape', malformed(firstOf(read.error)));
    const { device: name } = read.data;
    if (name !== device) return this.refuse('device', this.#complaint('device.foreignName', device, `as ${name}`));
    return { ok: true, device, message: read.data };
  }

  flood(reason: Refusal, device: string, detail: string, monotonicMs: number): Refused {
    const first = this.#floods.allow(device, monotonicMs);
    return this.refuse(reason, first ? this.#complaint('device.flood', device, detail) : null);
  }

  refuse(reason: Refusal, complaint: Complaint | null = null): Refused {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    return { ok: false, complaint };
  }

  #complaint(code: string, controllerId: string, detail: string): Complaint {
    return { code, controllerId, detail: `${this.uplink}: ${detail}` };
  }
}

/** Where the first thing is wrong, and how. */
function firstOf({ issues }: z.ZodError): string {
  const [first] = issues;
  return first ? [first.path.join('.'), first.message].filter(Boolean).join(': ').slice(0, 200) : 'unreadable';
}
