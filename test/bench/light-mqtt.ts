/** As much of MQTT 3.1.1 as a light controller needs: thousands of clients of a library would measure themselves. */
export interface Frame {
  /** First byte of the packet: its kind and flags. */
  readonly type: number;
  readonly body: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** @returns null while the packet is not whole */
export function frameOf(bytes: Buffer): Frame | null {
  let length = 0;
  for (let at = 1; at < bytes.length && at < 5; at++) {
    const digit = bytes[at] as number;
    length += (digit & 0x7f) * 128 ** (at - 1);
    if (digit >= 128) continue;
    const end = at + 1 + length;
    return bytes.length < end ? null : { type: bytes[0] as number, body: bytes.subarray(at + 1, end), end };
  }
  return null;
}

export function packet(type: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

/** A string as MQTT writes it. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** Body of a PUBLISH; with a packet id it is of QoS 1. */
export function message(topic: string, id: number | null, payload: object | Buffer): Buffer {
  const number = id === null ? Buffer.alloc(0) : Buffer.from([id >> 8, id & 0xff]);
  return Buffer.concat([
    text(topic),
    number,
    Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload)),
  ]);
}
