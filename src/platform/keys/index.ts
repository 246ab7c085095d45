export { KeySetProblem } from './engine/key-set.js';
export { KeyHistory } from './key-history.js';
export { KeyRing } from './key-ring.js';
export { keyEntities, keyMigrations } from './key-set.migration.js';
export { KEYS_HELP, parseKeys, runKeys } from './keys-command.js';
export { nodeCrypto, publicKeyBytes, verifiedLater } from './node-crypto.js';
