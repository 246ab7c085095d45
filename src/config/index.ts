export { type Config, ConfigProblem, type Role, readConfig } from './config.js';
