import { describe, expect, it, test } from '@jest/globals';
import { type CommandBody, LONGEST_COMMAND_MS } from '../../../../devices/protocol/index.js';
import { listOf } from './active.js';
import { wherePlanned } from './choices.js';
import { expiryOf, isDangerous, type Meant, SILENCED_FREELY } from './orders.js';
import { newerOf, seenAs, statesBefore } from './states.js';

const signed = (id: string, bytes = 100) => ({ id, signed: 'x'.repeat(bytes), activeUntilMs: 1 });

describe('the list of what is in force', () => {
  it('keeps the order in which it was given', () =>
    expect(listOf([signed('a'), signed('b')]).map(({ id }) => id)).toEqual(['a', 'b']));

  it('leaves out the oldest when there are too many for the contract, or too much for a packet', () => {
    const many = Array.from({ length: 20 }, (_, i) => signed(String(i)));
    expect(listOf(many).map(({ id }) => id)).toEqual(many.slice(4).map(({ id }) => id));
    const large = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => signed(id, 32_000));
    expect(listOf(large).map(({ id }) => id)).toEqual(['c', 'd', 'e', 'f', 'g']);
  });
});

describe('how long a command lives', () => {
  it('what is of the moment a minute or some; what is in force as long as that, and a day at most', () => {
    expect(expiryOf('stop', 1_000, null)).toBe(61_000);
    expect(expiryOf('silence', 1_000, 3_601_000)).toBe(3_601_000);
    expect(expiryOf('silence', 1_000, 1_000 + 7 * 86_400_000)).toBe(1_000 + LONGEST_COMMAND_MS);
  });
});

describe('what has to be confirmed', () => {
  const silence: CommandBody = { kind: 'silence', untilMs: 1, emergencies: true };
  const mute: CommandBody = { kind: 'volume', percent: 0 };
  const few: Meant = { clusters: SILENCED_FREELY, wholeArea: false };
  const many: Meant = { clusters: SILENCED_FREELY + 1, wholeArea: false };
  const all: Meant = { clusters: 1, wholeArea: true };
  test.each<[CommandBody, Meant, boolean]>([
    [{ kind: 'reboot' }, few, true],
    [{ kind: 'amplifier', on: false }, few, true],
    [{ kind: 'amplifier', on: true }, 'area', false],
    [silence, 'area', true],
    [silence, few, false],
    [silence, many, true],
    [silence, all, true],
    [mute, 'area', true],
    [mute, few, false],
    [mute, many, true],
    [mute, all, true],
    // What nobody hears is silent, whatever it is called.
    [{ kind: 'volume', percent: 1 }, 'area', true],
    [{ kind: 'volume', percent: 10 }, 'area', false],
    [{ kind: 'stop' }, 'area', false],
    [{ kind: 'resume' }, 'area', false],
  ])('%j, meant for %j: %s', (body, meant, dangerous) => expect(isDangerous(body, meant)).toBe(dangerous));
});

describe('what a device said', () => {
  it('its last word stands, whatever comes after it', () => {
    expect(statesBefore('done')).toEqual(['sent', 'received']);
    expect(statesBefore('received')).toEqual(['sent']);
    expect(newerOf({ state: 'done' }, { state: 'received' }).state).toBe('done');
    expect(newerOf({ state: 'received' }, { state: 'refused' }).state).toBe('refused');
    expect(newerOf(undefined, { state: 'received' }).state).toBe('received');
  });

  it('without an answer by the expiry it reads as expired: unknown is not done', () => {
    const command = { publishedAtMs: 10, expiresAtMs: 100 };
    expect(seenAs('sent', command, 100)).toBe('sent');
    expect(seenAs('sent', command, 101)).toBe('expired');
    expect(seenAs('received', command, 101)).toBe('received');
    expect(seenAs('done', command, 101)).toBe('done');
    expect(seenAs('sent', { ...command, publishedAtMs: null }, 50)).toBe('waiting');
  });
});

describe('choices of an emergency', () => {
  const play = (name: string) => ({ play: name }) as Parameters<typeof wherePlanned>[1][number][number];
  it('one for everybody, and one for each audience that hears something else', () =>
    expect(
      wherePlanned([['vi'], ['sti', 'vi'], ['km']], [[play('a')], [play('a')], [play('b'), play('a')], []]),
    ).toEqual([
      { languages: null, plays: [play('a')] },
      { languages: ['sti', 'vi'], plays: [play('b'), play('a')] },
    ]));
});
