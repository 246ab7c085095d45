export { Interrupted, Lifeline } from './lifeline.js';
