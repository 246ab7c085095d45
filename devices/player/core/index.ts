export { timeAt } from './clock.js';
export type * from './events.js';
export { applyRecord, replay, UNBORN } from './journal.js';
export { bornState, isReady, nextPlayChange, nextWake, step } from './machine.js';
export { neededByPlan } from './needed.js';
export { nextStart, openObligations } from './playback.js';
export { batchLength, batchOf } from './receipts.js';
export type * from './state.js';
