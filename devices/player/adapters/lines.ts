import { crc32 } from 'node:zlib';

const PREFIX_BYTES = 18; // "llllllll cccccccc "
export const NEWLINE = 0x0a;

/** One line: length of the JSON in bytes and its CRC-32, eight hex digits each, then the JSON. */
export function encodeLine(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const hex = (number: number) => number.toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${hex(json.length)} ${hex(crc32(json))} `), json, Buffer.of(NEWLINE)]);
}

/** What the line at `at` says, and where it ends; null: it is not whole and genuine. */
export function decodeLine(bytes: Buffer, at: number): { readonly value: unknown; readonly end: number } | null {
  const prefix = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/.exec(bytes.toString('latin1', at, at + PREFIX_BYTES));
  if (!prefix) return null;
  const end = at + PREFIX_BYTES + Number.parseInt(prefix[1] as string, 16);
  const json = bytes.subarray(at + PREFIX_BYTES, end);
  if (bytes[end] !== NEWLINE || crc32(json) !== Number.parseInt(prefix[2] as string, 16)) return null;
  return { value: JSON.parse(json.toString('utf8')), end: end + 1 };
}
