import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { CHUNK_BYTES, TOPIC_RULES, topics } from '../../protocol/index.js';
import { assetOf, at, dayOf, playOf } from '../testing/plans.js';
import { BULLETIN, detailsOf, EVENING, standing, waiting } from '../testing/waiting.js';
import type { World } from '../testing/world.js';

/** Names audio that is nowhere: what its descriptor says of it is all that counts. */
const OTHER = 'a'.repeat(64);
const { sha256 } = BULLETIN.ref;

describe('pieces of an asset', () => {
  const send = (world: World, topic: string, payload: Uint8Array) => {
    world.deliver({ topic, payload });
    world.run(world.now + 100);
  };
  const descriptor = topics.descriptor(sha256);
  const good = BULLETIN.descriptor as Uint8Array;

  test.each<[string, Uint8Array, string]>([
    ['of another hash', Buffer.concat([good, Buffer.from(' ')]), 'descriptor of another hash'],
    [
      'of another asset',
      assetOf(new Uint8Array(3 * CHUNK_BYTES)).descriptor as Uint8Array,
      'descriptor of another hash',
    ],
    [
      'that is too large',
      new Uint8Array(TOPIC_RULES.descriptor.maxBytes + 1),
      `descriptor larger than ${TOPIC_RULES.descriptor.maxBytes} bytes`,
    ],
  ])('a descriptor %s is reported once, and the right one still taken', (_, payload, detail) => {
    const world = waiting({ described: false });
    const before = standing(world);
    for (let n = 0; n < 3; n++) send(world, descriptor, payload);
    expect(detailsOf(world)).toEqual([`assetRejected: ${sha256}: ${detail}`]);
    expect(standing(world)).toEqual(before);
    send(world, descriptor, good);
    expect(world.state.assets.get(sha256)?.missing).toEqual(Uint8Array.of(1, 1, 1));
  });

  const parsed = JSON.parse(Buffer.from(good).toString('utf8'));
  test.each<[string, object | string]>([
    ['without a field', { ...parsed, sha256: OTHER, chunks: undefined }],
    ['with a field of another type', { ...parsed, sha256: OTHER, chunkBytes: 'many' }],
    ['with too few chunks', { ...parsed, sha256: OTHER, chunks: parsed.chunks.slice(1) }],
    ['for another asset', parsed],
    ['for another length', { ...parsed, sha256: OTHER, bytes: parsed.bytes + 1 }],
    ['that is no JSON', 'none'],
  ])('a descriptor that the plan names, %s, is reported and not gone by', (_, content) => {
    const text = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    const audio = { ...BULLETIN, ref: { ...BULLETIN.ref, sha256: OTHER, descriptor: assetOf(text).ref.sha256 } };
    const world = waiting({ described: false });
    world.plan({ version: 3, plays: [playOf(at('17:00'), { play: 'evening', audio })] });
    world.run(world.now + 1_000);
    const before = standing(world);
    send(world, topics.descriptor(OTHER), text);
    expect(detailsOf(world)).toEqual([`assetRejected: ${OTHER}: descriptor does not fit the plan`]);
    expect(standing(world)).toEqual(before);
  });

  test('a descriptor with fields of a later version is gone by', () => {
    const text = Buffer.from(JSON.stringify({ ...parsed, sha256: OTHER, comment: 'x' }));
    const audio = { ...BULLETIN, ref: { ...BULLETIN.ref, sha256: OTHER, descriptor: assetOf(text).ref.sha256 } };
    const world = waiting({ described: false });
    world.plan({ version: 3, plays: [playOf(at('17:00'), { play: 'evening', audio })] });
    world.run(world.now + 1_000);
    send(world, topics.descriptor(OTHER), text);
    expect(world.state.assets.get(OTHER)?.missing).toEqual(Uint8Array.of(1, 1, 1));
  });

  const chunk = BULLETIN.bytes.subarray(0, CHUNK_BYTES);
  test.each<[string, Uint8Array, string]>([
    ['with a bit turned', Uint8Array.from(chunk).fill(1, 9, 10), 'chunk 0 of another hash'],
    ['cut short', chunk.subarray(1), 'chunk 0 of another hash'],
    ['with nothing in it', new Uint8Array(), 'chunk 0 of another hash'],
    ['that is the next one', BULLETIN.bytes.subarray(CHUNK_BYTES, 2 * CHUNK_BYTES - 1), 'chunk 0 of another hash'],
    [
      'that is too large',
      new Uint8Array(TOPIC_RULES.chunk.maxBytes + 1),
      `chunk larger than ${TOPIC_RULES.chunk.maxBytes} bytes`,
    ],
  ])('a chunk %s is reported once, and the right one still taken', (_, payload, detail) => {
    const world = waiting();
    const before = standing(world);
    for (let n = 0; n < 3; n++) send(world, topics.chunk(sha256, 0), payload);
    expect(detailsOf(world)).toEqual([`assetRejected: ${sha256}: ${detail}`]);
    expect(standing(world)).toEqual(before);
    send(world, topics.chunk(sha256, 0), chunk);
    expect(world.state.assets.get(sha256)?.missing).toEqual(Uint8Array.of(0, 1, 1));
  });

  test.each([
    ['beyond the last', topics.chunk(sha256, 3)],
    ['of an asset that nobody needs', topics.chunk('0'.repeat(64), 0)],
  ])('a chunk %s is ignored', (_, topic) => {
    const world = waiting();
    const before = standing(world);
    send(world, topic, chunk);
    expect(detailsOf(world)).toEqual([]);
    expect(standing(world)).toEqual(before);
  });
});

describe('a day part that cannot be read', () => {
  const DAY = dayOf(at('17:00'));
  const packed = (content: unknown) => gzipSync(JSON.stringify(content));
  const part = { v: 1, day: DAY, plays: [EVENING] };

  /** A plan whose only part is these bytes. */
  function planned(bytes: Uint8Array): { world: World; name: string } {
    const asset = assetOf(bytes);
    const world = waiting();
    const change = { parts: [{ ...asset.ref, day: DAY }] };
    world.service.hold(asset);
    world.plan({ version: 3, plays: [], change });
    world.run(world.now + 1_000);
    return { world, name: asset.ref.sha256 };
  }

  test.each<[string, Uint8Array]>([
    ['no gzip', Buffer.from('{"v":1}')],
    ['no JSON', gzipSync('none')],
    ['without its plays', packed({ ...part, plays: undefined })],
    ['with plays that are none', packed({ ...part, plays: [{ play: 'evening' }] })],
    ['with a field of another type', packed({ ...part, plays: 'all' })],
    ['of another day', packed({ ...part, day: '2026-11-21' })],
  ])('%s: it is reported once, and the plan before holds', (_, bytes) => {
    const { world, name } = planned(bytes);
    world.run(world.now + 60_000);
    expect(detailsOf(world)).toEqual([`partRejected: ${name}`]);
    expect(world.state.durable.activeVersion).toBe(2);
    expect(world.state.durable.parts[DAY]?.plays).toHaveLength(2);
  });

  test('fields of a later version are ignored', () => {
    const { world } = planned(packed({ ...part, comment: 'x', plays: [{ ...EVENING, comment: 'x' }] }));
    expect(detailsOf(world)).toEqual([]);
    expect(world.state.durable.activeVersion).toBe(3);
  });
});
