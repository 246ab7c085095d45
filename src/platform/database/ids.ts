import { randomFillSync } from 'node:crypto';

// Crockford's base 32: digits sort before letters in every collation, one case only, no look-alikes.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RANDOM_BITS = 80n;

/** Asked for in one go: each question to the system's generator costs more than an id. */
const chance = Buffer.alloc(4_096);
let used = chance.length;

let lastMs = 0;
let lastRandom = 0n;

/**
 * A new id: 26 characters of `[0-9a-z]` (a ULID in lower case), fit for URLs and MQTT topics. Ids made by one process
 * sort in the order in which they were made, also inside a millisecond and when the machine's clock is set back.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // The top bit stays free, so that counting up inside one millisecond cannot overflow.
    lastRandom = BigInt(`0x${random(10).toString('hex')}`) >> 1n;
  } else {
    lastRandom += 1n + BigInt(random(4).readUInt32BE());
  }
  let rest = (BigInt(lastMs) << RANDOM_BITS) | lastRandom;
  let id = '';
  for (let i = 0; i < 26; i++) {
    id = ALPHABET.charAt(Number(rest & 31n)) + id;
    rest >>= 5n;
  }
  return id;
}

function random(bytes: number): Buffer {
  if (used + bytes > chance.length) {
    randomFillSync(chance);
    used = 0;
  }
  used += bytes;
  return chance.subarray(used - bytes, used);
}
