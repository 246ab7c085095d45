export { Outbox, type OutboxMessage } from './outbox.js';
export { outboxEntities, outboxMigrations } from './outbox.migration.js';
export { type OutboxHandler, OutboxRelay, type OutboxRelayOptions } from './outbox.relay.js';
