/** Topics of the outbox. */
export const COMMAND_ISSUED = 'dispatch.command';
export const ACTIVE_CHANGED = 'dispatch.active';
