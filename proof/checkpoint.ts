import {
  type Crypto,
  concatBytes,
  fromBase64Url,
  type Signer,
  sameBytes,
  toBase64Url,
  toUtf8,
} from '../devices/protocol/index.js';

/**
 * A checkpoint of the transparency log as text (C2SP tlog-checkpoint in a signed note, Ed25519): who has it can say later whether
 * anything before it was altered or removed. Every checkpoint has exactly one spelling, so each altered letter is found.
 */
export interface Checkpoint {
  /** Names the log for ever: letters, digits and `._/-`. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Uint8Array;
  /** UTC, stands in the text with milliseconds. */
  readonly signedAtMs: number;
  /** Of a database with simulated receipts (invariant 13). */
  readonly demo: boolean;
}

export interface NoteSignature {
  /** Of the key: that of the log for ours. */
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

export type ParsedCheckpoint =
  | {
      readonly ok: true;
      readonly checkpoint: Checkpoint;
      /** What the signatures cover. */
      readonly body: string;
      readonly signatures: readonly NoteSignature[];
    }
  | { readonly ok: false; readonly problem: 'malformed' };

export type VerifiedCheckpoint =
  | {
      readonly ok: true;
      readonly checkpoint: Checkpoint;
      readonly publicKey: Uint8Array;
      /** Signatures of others (a witness, say), which nobody judged. */
      readonly others: number;
    }
  | { readonly ok: false; readonly problem: 'malformed' | 'unknownKey' | 'wrongSignature' };

const NAME = /^[A-Za-z0-9._/-]{1,128}$/;
const COUNT = /^(0|[1-9][0-9]{0,15})$/;
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;
/** A note in a QR code or a pack has one; room for witnesses. */
const MOST_SIGNATURES = 16;
const ED25519 = 1;

/** @throws RangeError for what has no spelling */
export function checkpointBody({ origin, size, root, signedAtMs, demo }: Checkpoint): string {
  if (!NAME.test(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== 32)
    throw new RangeError('no checkpoint');
  const lines = [origin, String(size), toBase64(root), new Date(signedAtMs).toISOString(), ...(demo ? ['demo'] : [])];
  return `${lines.join('\n')}\n`;
}

/** The whole text, signed in the name of its log. */
export function signCheckpoint(
  checkpoint: Checkpoint,
  key: Pick<Signer, 'sign'> & { readonly publicKey: Uint8Array },
  crypto: Pick<Crypto, 'sha256'>,
): string {
  const body = checkpointBody(checkpoint);
  const { origin } = checkpoint;
  const told = concatBytes(noteKeyId(origin, key.publicKey, crypto), key.sign(toUtf8(body)));
  return `${body}\n\u2014 ${origin} ${toBase64(told)}\n`;
}

/** Form only: nobody looked at the signatures. */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  const malformed = { ok: false, problem: 'malformed' } as const;
  const end = text.indexOf('\n\n');
  if (end < 0 || !text.endsWith('\n')) return malformed;
  const body = text.slice(0, end + 1);
  const checkpoint = checkpointOf(body);
  const lines = text.slice(end + 2, -1).split('\n');
  if (!checkpoint || lines.length > MOST_SIGNATURES) return malformed;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = signatureOf(line);
    if (!signature) return malformed;
    signatures.push(signature);
  }
  return { ok: true, checkpoint, body, signatures };
}

/**
 * @param publicKeys raw ones that may have signed for this log; whether one was valid at `signedAtMs` is for the key history to say
 * @returns ok: one of them signed it, and none of them stands there with a wrong signature
 */
export function verifyCheckpoint(text: string, publicKeys: readonly Uint8Array[], crypto: Crypto): VerifiedCheckpoint {
  const parsed = parseCheckpoint(text);
  if (!parsed.ok) return parsed;
  const { checkpoint, body, signatures } = parsed;
  const keys = publicKeys.map((publicKey) => ({ publicKey, id: noteKeyId(checkpoint.origin, publicKey, crypto) }));
  let signer: Uint8Array | undefined;
  let others = 0;
  for (const { name, keyId, signature } of signatures) {
    const known = name === checkpoint.origin ? keys.filter(({ id }) => sameBytes(id, keyId)) : [];
    if (known.length === 0) others++;
    else {
      const by = known.find(({ publicKey }) => crypto.verifyEd25519(publicKey, toUtf8(body), signature));
      if (!by) return { ok: false, problem: 'wrongSignature' };
      signer = by.publicKey;
    }
  }
  return signer ? { ok: true, checkpoint, publicKey: signer, others } : { ok: false, problem: 'unknownKey' };
}

/** How a signed note names an Ed25519 key: 4 bytes. */
export function noteKeyId(name: string, publicKey: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return crypto.sha256(concatBytes(toUtf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).slice(0, 4);
}

function checkpointOf(body: string): Checkpoint | null {
  const [origin = '', size = '', root = '', signedAt = '', ...more] = body.slice(0, -1).split('\n');
  const rootBytes = fromBase64(root);
  const signedAtMs = Date.parse(signedAt);
  if (!COUNT.test(size) || rootBytes === null || Number.isNaN(signedAtMs)) return null;
  const checkpoint = { origin, size: Number(size), root: rootBytes, signedAtMs, demo: more.length === 1 };
  try {
    // Written again it has to be the same: that is what makes the spelling the only one.
    return checkpointBody(checkpoint) === body ? checkpoint : null;
  } catch {
    return null;
  }
}

function signatureOf(line: string): NoteSignature | null {
  const [, name = '', told = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = fromBase64(told);
  if (!NAME.test(name) || bytes?.length !== 4 + 64) return null;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** RFC 4648 §4, padded: what the note format and `base64 -d` speak. */
export function toBase64(bytes: Uint8Array): string {
  const text = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** @returns null for anything but the one spelling of some bytes */
export function fromBase64(text: string): Uint8Array | null {
  try {
    const bytes = fromBase64Url(text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
