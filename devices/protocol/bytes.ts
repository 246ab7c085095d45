/**
 * Bytes and text without any platform: the contract runs on Node, in browsers and in tests alike.
 * Hex is lower case. base64url is RFC 4648 §5 without padding, as JWS (RFC 7515) uses it.
 */

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const NO_VALUE = 64;
/** By the code of a letter. */
const BASE64URL_VALUE = new Uint8Array(128).fill(NO_VALUE);
for (let value = 0; value < BASE64URL.length; value++) BASE64URL_VALUE[BASE64URL.charCodeAt(value)] = value;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += HEX[bytes[i] as number];
  return hex;
}

/** Throws a RangeError on anything that is not an even number of lower-case hex digits. */
export function fromHex(hex: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new RangeError('not lower-case hex');
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digit(hex, i * 2) << 4) | digit(hex, i * 2 + 1);
  return bytes;
}

/** Of `0-9a-f` and no other letter. */
function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] as number;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    text += BASE64URL.charAt(a >> 2) + BASE64URL.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    if (b !== undefined) text += BASE64URL.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    if (c !== undefined) text += BASE64URL.charAt(c & 63);
  }
  return text;
}

/** Throws a RangeError on padding, foreign letters, impossible lengths and non-canonical last letters. */
export function fromBase64Url(text: string): Uint8Array {
  if (text.length % 4 === 1) throw new RangeError('not base64url');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = BASE64URL_VALUE[text.charCodeAt(i)] ?? NO_VALUE;
    if (value === NO_VALUE) throw new RangeError('not base64url');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  // Two spellings of the same bytes would give a signed message two names.
  if (bits > 0 && (held & ((1 << bits) - 1)) !== 0) throw new RangeError('not canonical base64url');
  return bytes;
}

/** Half a surrogate pair becomes U+FFFD. */
export function toUtf8(text: string): Uint8Array {
  // A code unit is three bytes at most: a pair of them, four.
  const bytes = new Uint8Array(text.length * 3);
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      bytes[end++] = point;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      const whole = text.codePointAt(i) as number;
      point = whole > 0xffff ? whole : 0xfffd;
    }
    if (point < 0x800) bytes[end++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[end++] = 0xe0 | (point >> 12);
      else {
        bytes[end++] = 0xf0 | (point >> 18);
        bytes[end++] = 0x80 | ((point >> 12) & 63);
        i++;
      }
      bytes[end++] = 0x80 | ((point >> 6) & 63);
    }
    bytes[end++] = 0x80 | (point & 63);
  }
  return bytes.slice(0, end);
}

/** Throws a RangeError on malformed UTF-8 (over-long forms, surrogates, cut sequences). */
export function fromUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let chunk: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++] as number;
    let point = first;
    if (first >= 0x80) {
      const length = first >= 0xf5 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
      if (length === 0) throw new RangeError('not UTF-8');
      point = first & (0x3f >> length);
      for (let k = 0; k < length; k++) {
        const next = bytes[i++];
        if (next === undefined || (next & 0xc0) !== 0x80) throw new RangeError('not UTF-8');
        point = (point << 6) | (next & 0x3f);
      }
      const least = length === 1 ? 0x80 : length === 2 ? 0x800 : 0x10000;
      if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw new RangeError('not UTF-8');
    }
    chunk.push(point);
    if (chunk.length === 4096) {
      parts.push(String.fromCodePoint(...chunk));
      chunk = [];
    }
  }
  return parts.join('') + String.fromCodePoint(...chunk);
}

/** Constant in the length of `a`: tells nothing about where two hashes differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
