export { KeyRing } from './key-ring.js';
export { nodeCrypto, publicKeyBytes } from './node-crypto.js';
