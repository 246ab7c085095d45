import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { StoredPart } from '../player/core/index.js';
import { DeviceDisk } from './device-disk.js';
import { SharedStore } from './shared-store.js';

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const AUDIO = Buffer.from('the same bulletin for every loudspeaker');

function sendAll(disk: DeviceDisk, sha256: string, bytes = AUDIO): boolean {
  for (let at = 0; at < bytes.length; at += 10) disk.write(sha256, at, bytes.subarray(at, at + 10));
  return disk.finish(sha256);
}

describe('the shared store', () => {
  it('keeps the bytes of many devices once', () => {
    const store = new SharedStore();
    const disks = Array.from({ length: 20 }, () => new DeviceDisk(store));
    expect(disks.map((disk) => sendAll(disk, hashOf(AUDIO)))).not.toContain(false);
    expect(store.bytes).toBe(AUDIO.length);
    expect(disks[19]?.finished).toEqual([hashOf(AUDIO)]);
  });

  it('refuses bytes of another hash and takes the right ones after them', () => {
    const store = new SharedStore();
    const disk = new DeviceDisk(store);
    expect(sendAll(disk, hashOf(AUDIO), Buffer.from('something else altogether, as long'))).toBe(false);
    expect(disk.finished).toEqual([]);
    expect(sendAll(disk, hashOf(AUDIO))).toBe(true);
  });

  it('does not let a device that was sent other bytes share the verdict', () => {
    const store = new SharedStore();
    sendAll(new DeviceDisk(store), hashOf(AUDIO));
    const deceived = new DeviceDisk(store);
    expect(sendAll(deceived, hashOf(AUDIO), Buffer.from('THE SAME BULLETIN for every loudspeaker'))).toBe(false);
    expect(sendAll(deceived, hashOf(AUDIO))).toBe(true);
  });

  it('does not keep the socket buffer that a chunk came in', () => {
    const store = new SharedStore();
    const disk = new DeviceDisk(store);
    const buffer = Buffer.from(AUDIO);
    disk.write(hashOf(AUDIO), 0, buffer);
    buffer.fill(0);
    expect(disk.finish(hashOf(AUDIO))).toBe(true);
  });

  it('lets a device go on after a power cut with the chunks that it had itself, and no others', () => {
    const store = new SharedStore();
    const chunkBytes = 1_024;
    const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, n) => n % 251));
    const sha256 = hashOf(bytes);
    const chunks = [0, 1, 2].map((index) => bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes));
    const hashes = chunks.map((chunk) => createHash('sha256').update(chunk).digest('base64url'));
    const descriptor = Buffer.from(JSON.stringify({ v: 1, sha256, bytes: 3_000, chunkBytes, chunks: hashes }));
    const send = (disk: DeviceDisk, ...indexes: number[]) => {
      for (const index of indexes) disk.write(sha256, index * chunkBytes, chunks[index] as Buffer);
    };
    const [cut, other] = [new DeviceDisk(store), new DeviceDisk(store)];
    for (const disk of [cut, other]) disk.keepDescriptor(sha256, descriptor);
    send(other, 0, 1, 2);
    send(cut, 2);
    cut.lose(sha256);
    expect(cut.begun).toEqual([sha256]);
    expect(cut.findChunks(sha256)).toEqual({ descriptor: Uint8Array.from(descriptor), held: [2] });
    send(cut, 0, 1);
    expect([cut.finish(sha256), cut.begun]).toEqual([true, []]);
  });

  it('unpacks a day part for the devices that have it, and gives nothing for what is no gzip', () => {
    const store = new SharedStore();
    const disk = new DeviceDisk(store);
    const part = gzipSync('{"v":1}');
    sendAll(disk, hashOf(part), part);
    sendAll(disk, hashOf(AUDIO));
    expect(disk.readPart(hashOf(part))).toBe('{"v":1}');
    expect(disk.readPart(hashOf(AUDIO))).toBeNull();
    expect(new DeviceDisk(store).readPart(hashOf(part))).toBeNull();
  });

  it('shares play lists by address, never a list with other plays', () => {
    const store = new SharedStore();
    const part = (...plays: string[]) => ({ d: { sha256: 'p', version: 1, plays: plays.map((play) => ({ play })) } });
    const shared = (parts: object) => store.shared(parts as Record<string, StoredPart>).d?.plays;
    const first = shared(part('a', 'b'));
    expect(shared(part('a', 'b'))).toBe(first);
    expect(shared(part('b'))).toEqual([{ play: 'b' }]);
    expect(shared(part('b', 'c'))).toEqual([{ play: 'b' }, { play: 'c' }]);
  });
});
