import { createHash, createHmac } from 'node:crypto';

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The one-time code of a claim or of a box: 144 bits that follow from the installation's key and the row's id. So it can be
 * printed again while it is good, and the table alone opens nothing.
 */
export const codeFor = (secret: Buffer, id: string): string =>
  createHmac('sha256', secret).update(`vang-claim\n${id}`).digest().subarray(0, 18).toString('base64url');
