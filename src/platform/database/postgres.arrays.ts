/** What our columns are called (`columns.ts`), with PostgreSQL's own numbers of their types (pg_type.oid). */
const OIDS = { boolean: 16, bigint: 20, integer: 23, text: 25, 'double precision': 701 } as const;
export type ElementType = keyof typeof OIDS;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL = -1;
const TWO_32 = 2 ** 32;

/**
 * A column's values as PostgreSQL's binary array of one dimension, which it takes for a parameter `$n::type[]`. Written at once and
 * read without looking for quotes: an array as text escapes each of them, and our texts are JSON.
 * @param values null and undefined are NULL
 * @throws RangeError for a type that no column of ours has
 */
export function binaryArray(type: string, values: readonly unknown[]): Buffer {
  if (!isElementType(type)) throw new RangeError(`no binary array of ${type}`);
  const sizes = values.map((value) => sizeOf(type, value));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + LENGTH_BYTES + Math.max(size, 0), HEADER_BYTES));
  // Dimensions, whether there are nulls, type, length, first index.
  for (const [at, word] of [values.length > 0 ? 1 : 0, 1, OIDS[type], values.length, 1].entries())
    bytes.writeInt32BE(word, at * 4);
  let at = HEADER_BYTES;
  for (const [index, value] of values.entries()) {
    const size = sizes[index] as number;
    at = bytes.writeInt32BE(size, at);
    if (size === NULL) continue;
    write(type, value, bytes, at);
    at += size;
  }
  return unspoken(values.length > 0 ? bytes : bytes.subarray(0, 12));
}

/** TypeORM names each query by its parameters as JSON, for a cache that nobody uses here: every byte as a number. */
const unspoken = (bytes: Buffer): Buffer => Object.assign(bytes, { toJSON: () => null });

const isElementType = (type: string): type is ElementType => Object.hasOwn(OIDS, type);

function sizeOf(type: ElementType, value: unknown): number {
  if (value === null || value === undefined) return NULL;
  if (type === 'text') return Buffer.byteLength(value as string);
  return type === 'boolean' ? 1 : type === 'integer' ? 4 : 8;
}

function write(type: ElementType, value: unknown, bytes: Buffer, at: number): void {
  if (type === 'text') bytes.write(value as string, at);
  else if (type === 'boolean') bytes.writeUInt8(value ? 1 : 0, at);
  else if (type === 'integer') bytes.writeInt32BE(value as number, at);
  else if (type === 'double precision') bytes.writeDoubleBE(value as number, at);
  else {
    // Two halves: our integers are numbers up to 2^53, and a BigInt for each would be garbage.
    bytes.writeInt32BE(Math.floor((value as number) / TWO_32), at);
    bytes.writeUInt32BE((value as number) >>> 0, at + 4);
  }
}
