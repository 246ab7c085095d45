import { z } from 'zod';
import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from './bytes.js';
import type { Crypto, Signer } from './crypto.js';

/**
 * Compact JWS (RFC 7515) with EdDSA (RFC 8037). `typ` names the kind of message, so that a signed plan can never be
 * passed off as a signed key set. Verification checks the letters as received: nobody serialises again.
 */
export const JWS_TYPES = [
  'vang-keys',
  'vang-plan',
  'vang-ack',
  'vang-time',
  'vang-identity',
  'vang-command',
  'vang-active',
  'vang-update',
] as const;
export type JwsType = (typeof JWS_TYPES)[number];

const header = z.strictObject({ alg: z.literal('EdDSA'), kid: z.string().min(1).max(64), typ: z.enum(JWS_TYPES) });

export type JwsProblem = 'malformed' | 'wrongType' | 'unknownKey' | 'wrongSignature';
export type OpenedJws =
  | { readonly ok: true; readonly kid: string; readonly payload: unknown }
  | { readonly ok: false; readonly problem: JwsProblem };

export function signJws(typ: JwsType, payload: unknown, signer: Signer): string {
  const head = toBase64Url(toUtf8(JSON.stringify({ alg: 'EdDSA', kid: signer.kid, typ })));
  const signed = `${head}.${toBase64Url(toUtf8(JSON.stringify(payload)))}`;
  return `${signed}.${toBase64Url(signer.sign(toUtf8(signed)))}`;
}

/** `keyOf` gives the raw public key that may sign this message now, or nothing. */
export function openJws(
  compact: string,
  typ: JwsType,
  crypto: Crypto,
  keyOf: (kid: string) => Uint8Array | undefined,
): OpenedJws {
  try {
    const parts = compact.split('.');
    if (parts.length !== 3) return { ok: false, problem: 'malformed' };
    const [head, body, signature] = parts as [string, string, string];
    const parsed = header.safeParse(JSON.parse(fromUtf8(fromBase64Url(head))));
    if (!parsed.success) return { ok: false, problem: 'malformed' };
    if (parsed.data.typ !== typ) return { ok: false, problem: 'wrongType' };
    const key = keyOf(parsed.data.kid);
    if (!key) return { ok: false, problem: 'unknownKey' };
    if (!crypto.verifyEd25519(key, toUtf8(`${head}.${body}`), fromBase64Url(signature)))
      return { ok: false, problem: 'wrongSignature' };
    return { ok: true, kid: parsed.data.kid, payload: JSON.parse(fromUtf8(fromBase64Url(body))) };
  } catch {
    return { ok: false, problem: 'malformed' };
  }
}

export function keyIdOf(publicKey: Uint8Array, crypto: Pick<Crypto, 'sha256'>): string {
  return toBase64Url(crypto.sha256(publicKey).subarray(0, 16));
}
