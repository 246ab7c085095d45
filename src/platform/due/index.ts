export { DueClock } from './due.clock.js';
