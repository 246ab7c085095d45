export { type BusOptions, type BusPublishOptions, type BusSubscribeOptions, MqttBus } from './bus.js';
export type { BrokerAddress } from './doors.js';
export type { AccountRights, BrokerAccount } from './dynamic-security.commands.js';
export {
  BrokerUnreachableError,
  DynamicSecurity,
  type DynamicSecurityOptions,
  type Reconciled,
} from './dynamic-security.js';
export { type BrokerRefusals, EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export { type ExternalAccess, NO_EXTERNAL_ACCESS } from './external-access.js';
export type { BusHandler } from './intake.js';
export { jsonOf } from './json-payload.js';
export type {
  Audience,
  BrokerLimits,
  BrokerStats,
  Overrun,
  Principal,
  Violation,
  ViolationKind,
  WrongPassword,
} from './messages.js';
export { VIOLATION_KINDS } from './messages.js';
export { BusFullError } from './pending.js';
export { RateLimit } from './rate-limit.js';
export { countRefusals } from './refusals.metrics.js';
export { maySubscribe, missingToPublish } from './worker/directory.mjs';
