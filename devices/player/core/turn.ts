import { type DeviceReport, type Identity, topics } from '../../protocol/index.js';
import { type KnownTime, timeAt } from './clock.js';
import type { CoreEffect, JournalRecord, Moment, Refusal } from './events.js';
import { applyRecord } from './journal.js';
import type { CoreEnv, CoreState } from './state.js';

/** One step in the making: the state so far and the effects so far. Lives only inside `step`. */
export class Turn {
  readonly effects: CoreEffect[] = [];

  constructor(
    public state: CoreState,
    readonly env: CoreEnv,
    readonly moment: Moment,
  ) {}

  get device(): string {
    return this.env.identity.device;
  }

  get identity(): Identity {
    return this.state.durable.identity ?? this.env.identity;
  }

  get time(): KnownTime {
    return timeAt(this.state.durable.clock, this.moment.monoMs);
  }

  set(changes: Partial<CoreState>): void {
    this.state = { ...this.state, ...changes };
  }

  emit(effect: CoreEffect): void {
    this.effects.push(effect);
  }

  record(record: JournalRecord): void {
    this.emit({ type: 'persist', record });
    this.set({ durable: applyRecord(this.state.durable, record) });
  }

  publish(topic: string, message: unknown, options: { qos: 0 | 1; retain?: boolean }): void {
    this.emit({
      type: 'publish',
      topic,
      payload: JSON.stringify(message),
      qos: options.qos,
      retain: options.retain ?? false,
    });
  }

  /** Refused input is reported, never acted on (case 16). */
  refuse(refusal: Refusal): void {
    const report: DeviceReport = { v: 1, device: this.device, ...refusal, atMs: this.time.nowMs };
    this.publish(topics.up(this.device, 'reports'), report, { qos: 1 });
  }

  /** What can come in floods is reported once for its topic in a connection. */
  refuseOnce(topic: string, refusal: Refusal): void {
    if (this.state.refusedTopics.has(topic)) return;
    this.set({ refusedTopics: new Set(this.state.refusedTopics).add(topic) });
    this.refuse(refusal);
  }
}
