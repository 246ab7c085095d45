import { describe, expect, it } from '@jest/globals';
import { packet } from '../broker.spec-support.js';
import { FrameScanner } from './frames.mjs';

const CONNECT = packet(0x10, Buffer.alloc(20));

describe('a stream of packets is judged by its headers', () => {
  it('finds the packet boundaries however the bytes are cut', () => {
    const stream = Buffer.concat([
      CONNECT,
      packet(0x30, Buffer.alloc(300)),
      packet(0xc0, Buffer.alloc(0)),
      packet(0x30, Buffer.alloc(20_000)),
    ]);
    for (const step of [1, 2, 7, 1_000, stream.length]) {
      const scanner = new FrameScanner(30_000);
      for (let at = 0; at < stream.length; at += step) expect(scanner.push(stream.subarray(at, at + step))).toBeNull();
      expect(scanner.packets).toBe(4);
    }
  });

  it('takes a packet of exactly the limit and refuses one byte more when only its header has come', () => {
    const largest = packet(0x30, Buffer.alloc(997));
    expect(largest.length).toBe(1_000);
    expect(new FrameScanner(1_000).push(Buffer.concat([CONNECT, largest]))).toBeNull();
    expect(new FrameScanner(1_000).push(Buffer.concat([CONNECT, packet(0x30, Buffer.alloc(998)).subarray(0, 3)]))).toBe(
      'oversized',
    );
  });

  it('refuses a length of more than four digits', () => {
    const scanner = new FrameScanner(2 ** 30);
    expect(scanner.push(Buffer.concat([CONNECT, Buffer.from([0x30, 0xff, 0xff, 0xff])]))).toBeNull();
    expect(scanner.push(Buffer.from([0xff]))).toBe('malformed');
  });

  it.each(['GET / HTTP/1.1\r\n', '\x16\x03\x01\x02', '\0'])(
    'refuses %j, which does not begin with CONNECT',
    (bytes) => {
      expect(new FrameScanner(1_000).push(Buffer.from(bytes, 'latin1'))).toBe('malformed');
    },
  );

  it('refuses a large CONNECT, since its sender is nobody yet', () => {
    expect(new FrameScanner(300_000).push(packet(0x10, Buffer.alloc(70_000)).subarray(0, 4))).toBe('oversized');
  });
});
