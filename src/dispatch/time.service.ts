import { Injectable } from '@nestjs/common';
import { parseTopic, TOPIC_RULES, timeRequest, topics } from '../../devices/protocol/index.js';
import { jsonOf, MqttBus, RateLimit } from '../platform/broker/index.js';
import { Clock } from '../platform/clock/index.js';
import { KeyRing } from '../platform/keys/index.js';

/** Tells devices the time, signed over their nonce (invariant 14). */
@Injectable()
export class TimeService {
  readonly #limit = new RateLimit(TOPIC_RULES['up.time'].perMinute);
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    private readonly bus: MqttBus,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  async start(): Promise<void> {
    this.#unsubscribe = await this.bus.subscribe(topics.everyUplink('time'), { qos: 0 }, (topic, payload) =>
      this.#answer(topic, payload),
    );
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
  }

  async #answer(topic: string, payload: Uint8Array): Promise<void> {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'up' || payload.length > TOPIC_RULES['up.time'].maxBytes) return;
    if (!this.#limit.allow(parsed.device, this.clock.monotonicMs())) return;
    const request = timeRequest.safeParse(jsonOf(payload));
    if (!request.success || request.data.device !== parsed.device) return;
    const reply = this.keys.sign('vang-time', { ...request.data, serverMs: this.clock.nowMs() });
    await this.bus.publish(topics.down(parsed.device, 'time'), reply, { qos: 0 });
  }
}
