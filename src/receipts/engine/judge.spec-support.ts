import { type Crypto, toUtf8 } from '../../../devices/protocol/index.js';
import { type JudgedBatch, judgedBatch, judgeReceipts, type KnownDevice, readBatch, signatureOf } from './judge.js';

/** As the intake does it, in one go. */
export function judgeBatch(
  payload: unknown,
  topicDevice: string,
  device: KnownDevice | null,
  world: { readonly nowMs: number; readonly demo: boolean; readonly crypto: Crypto },
): JudgedBatch {
  const read = readBatch(payload, topicDevice, device, {
    sha256: world.crypto.sha256,
    sha256OfText: (text) => world.crypto.sha256(toUtf8(text)),
  });
  if ('ok' in read) return read;
  const { keys = [], message, signature } = signatureOf(read) ?? {};
  const signed = message && signature && keys.some((key) => world.crypto.verifyEd25519(key, message, signature));
  return judgedBatch(read, judgeReceipts(read, world), signed === true);
}
