export { type BusOptions, type BusPublishOptions, type BusSubscribeOptions, MqttBus } from './bus.js';
export { EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export type { BusHandler } from './intake.js';
export { jsonOf } from './json-payload.js';
export type { BrokerLimits, BrokerStats, Overrun, Principal, Violation, ViolationKind } from './messages.js';
export { BusFullError } from './pending.js';
export { RateLimit } from './rate-limit.js';
