export * from './checkpoint.js';
export * from './log-keys.js';
export * from './merkle.js';
export * from './tiles.js';
