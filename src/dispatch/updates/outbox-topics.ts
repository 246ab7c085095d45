/** Topics of the outbox. */
export const UPDATE_ORDERED = 'dispatch.update';
export const UPDATE_FAILED = 'dispatch.updateFailed';
