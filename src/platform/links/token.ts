import { createHash, randomBytes } from 'node:crypto';

const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

/** 256 random bits, shown once: only the hash is kept. */
export function newToken(): { readonly token: string; readonly tokenSha256: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, tokenSha256: sha256(token) };
}

/** Looked up by its hash, so that the time of an answer tells nothing of the tokens there are. @returns null: no token */
export const hashOfToken = (token: string): string | null => (/^[A-Za-z0-9_-]{43}$/.test(token) ? sha256(token) : null);
