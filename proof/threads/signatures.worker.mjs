import { createPublicKey, verify } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { KEY_BYTES, LENGTH_BYTES, SIGNATURE_BYTES, SPKI_PREFIX } from './signatures.layout.mjs';

// One core verifies signatures while another reads. Many come in one message: waking a thread for each costs more than the thread spares.

/** @type {Map<string, import('node:crypto').KeyObject | null>} */
const keys = new Map();

/** @param {Buffer} raw */
function keyOf(raw) {
  const name = raw.toString('base64');
  const known = keys.get(name);
  if (known !== undefined) return known;
  let key = null;
  try {
    key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  } catch {
    // No point of the curve.
  }
  keys.set(name, key);
  return key;
}

parentPort?.on('message', (/** @type {ArrayBuffer} */ sent) => {
  const bytes = Buffer.from(sent);
  const answers = [];
  for (let at = 0; at < bytes.length; ) {
    const key = keyOf(bytes.subarray(at, at + KEY_BYTES));
    at += KEY_BYTES;
    const signature = bytes.subarray(at, at + SIGNATURE_BYTES);
    at += SIGNATURE_BYTES;
    const length = bytes.readUInt32LE(at);
    at += LENGTH_BYTES;
    const message = bytes.subarray(at, at + length);
    at += length;
    answers.push(key !== null && verify(null, message, key, signature));
  }
  parentPort?.postMessage(answers);
});
