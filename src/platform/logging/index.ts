export { LOG, type Log, silentLog } from './log.js';
export { createLogger } from './logger.js';
export { NestLog } from './nest-log.js';
