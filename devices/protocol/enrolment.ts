import { z } from 'zod';
import { fromBase64Url, fromUtf8, toBase64Url, toUtf8 } from './bytes.js';
import { epochMs, id, named, publicKeyText, sha256Hex } from './words.js';

/**
 * The claim is what a QR code at the pole says: where to enrol, a one-time code, and the fingerprint of the root key, so
 * that a device can tell the real service from an impostor before it trusts anything.
 */
const claim = z.object({ url: z.url().max(300), code: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/), root: sha256Hex });
export type Claim = z.infer<typeof claim>;

const signatureText = z.string().regex(/^[A-Za-z0-9_-]{86}$/);

const CLAIM_PREFIX = 'VANG1.';

export function encodeClaim(value: Claim): string {
  return CLAIM_PREFIX + toBase64Url(toUtf8(JSON.stringify(value)));
}

export function decodeClaim(text: string): Claim | undefined {
  if (!text.startsWith(CLAIM_PREFIX)) return undefined;
  try {
    const parsed = claim.safeParse(JSON.parse(fromUtf8(fromBase64Url(text.slice(CLAIM_PREFIX.length).trim()))));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export const enrolmentRequest = z.object({
  v: z.literal(1),
  code: z.string().min(1).max(64),
  publicKey: publicKeyText,
  model: z.string().min(1).max(100),
  serial: z.string().min(1).max(100),
  /** True for a simulated controller: a service whose database is not a demo refuses it (invariant 13). */
  simulated: z.boolean(),
  /** Signature over proofBytes: the device owns the key it names. */
  proof: signatureText,
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>;

export function proofBytes(code: string, publicKey: string): Uint8Array {
  return toUtf8(`vang-enrol\n${code}\n${publicKey}`);
}

/** What the service states about a device, signed (JWS `vang-identity`) and pinned by it. */
export const identity = z.object({
  v: z.literal(1),
  device: id,
  publicKey: publicKeyText,
  /** Its area and every area above it, own first: what the scope of a signing key is judged by. */
  path: z.array(id).min(1).max(16),
  area: named,
  cluster: named,
  /** Of two identities the later one holds: a device learns of a merger of communes by a new one. Absent: of its enrolment. */
  issuedAt: epochMs.optional(),
});
export type Identity = z.infer<typeof identity>;

export const enrolmentAnswer = z.object({
  v: z.literal(1),
  device: id,
  /** 256 random bits, base64url: password for MQTT (user name = device) and bearer token for HTTP. */
  token: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  mqttUrl: z.string().max(300),
  rootPublicKey: publicKeyText,
  keySet: z.string(),
  identity: z.string(),
  serverMs: epochMs,
});
export type EnrolmentAnswer = z.infer<typeof enrolmentAnswer>;

/**
 * A device that lost its token, or changes its key, first asks for a challenge (`{ device }` → `{ challenge }`): letters that
 * only this service made, that hold a few minutes and for the present token alone.
 */
export const challengeRequest = z.object({ v: z.literal(1), device: id });
export const challengeAnswer = z.object({ v: z.literal(1), challenge: z.string().min(16).max(300) });

/** A new token for the key that the service knows. The old token ends. */
export const tokenRequest = challengeRequest.extend({
  challenge: challengeAnswer.shape.challenge,
  /** By the device's key over `tokenProofBytes`. */
  proof: signatureText,
});
export type TokenRequest = z.infer<typeof tokenRequest>;
export const tokenAnswer = enrolmentAnswer.pick({ v: true, device: true, token: true, mqttUrl: true, serverMs: true });

export function tokenProofBytes(device: string, challenge: string): Uint8Array {
  return toUtf8(`vang-token\n${device}\n${challenge}`);
}

/** Another key for the same device: both keys sign. Answered like an enrolment; the old token ends. */
export const keyChange = tokenRequest.extend({
  publicKey: publicKeyText,
  /** By the new key, over the same bytes. */
  newProof: signatureText,
});
export type KeyChange = z.infer<typeof keyChange>;

export function keyChangeProofBytes(device: string, challenge: string, publicKey: string): Uint8Array {
  return toUtf8(`vang-key\n${device}\n${challenge}\n${publicKey}`);
}
