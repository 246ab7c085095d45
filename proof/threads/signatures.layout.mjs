/** What goes to the thread that verifies: key, signature, length and message, one after the other. */
export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
/** Little-endian. */
export const LENGTH_BYTES = 4;
/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 raw bytes (RFC 8410). */
export const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
