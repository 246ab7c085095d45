export { timeAt } from './clock.js';
export { applyRecord, replay, UNBORN } from './journal.js';
export { bornState, isReady, nextPlayChange, nextWake, step } from './machine.js';
export { openObligations } from './playback.js';
export type * from './state.js';
