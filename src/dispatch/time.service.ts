import { Injectable } from '@nestjs/common';
import { type TimeRequest, timeRequest, topics } from '../../devices/protocol/index.js';
import { UplinkHall } from '../fleet/index.js';
import { MqttBus } from '../platform/broker/index.js';
import { Clock } from '../platform/clock/index.js';
import { KeyRing } from '../platform/keys/index.js';

/** Tells devices the time, signed over their nonce (invariant 14). */
@Injectable()
export class TimeService {
  #unsubscribe: (() => Promise<void>) | null = null;

  constructor(
    private readonly bus: MqttBus,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
  ) {}

  async start(): Promise<void> {
    this.#unsubscribe = await this.hall.listen('time', timeRequest, { qos: 0 }, (request) => this.#answer(request));
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
  }

  async #answer(request: TimeRequest): Promise<void> {
    const reply = this.keys.sign('vang-time', { ...request, serverMs: this.clock.nowMs() });
    await this.bus.publish(topics.down(request.device, 'time'), reply, { qos: 0 });
  }
}
