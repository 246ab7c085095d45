/**
 * The three operations that the contract needs, given as arguments: node:crypto on a controller, WebCrypto or a bundled
 * implementation in a browser. All are deterministic (Ed25519, RFC 8032), so code that takes them stays pure.
 */
export interface Crypto {
  /** 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** `publicKey` and `signature` are raw (32 and 64 bytes); malformed ones are `false`, never a throw. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export interface Signer {
  /** Names the key: base64url of the first 16 bytes of the SHA-256 of the raw public key. */
  readonly kid: string;
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}
