import { describe, expect, it } from '@jest/globals';
import { contradictionOf, type PlayEvidence } from './contradiction.js';

const play = (clusterId: string, outcome: PlayEvidence['outcome'], more: Partial<PlayEvidence> = {}): PlayEvidence => ({
  ...{
    clusterId,
    itemId: 'item',
    outcome,
    relayHeardMs: null,
    sensed: null,
    toTransmitter: false,
    followedItemId: null,
  },
  ...more,
});
const whole = [play('k1', 'complete'), play('k2', 'complete')];
const clusters = ['k1', 'k2'];

describe('an answer against the receipts', () => {
  it.each([
    ['not heard, though all of it was played everywhere', 'notHeard', clusters, whole, 'playedNotHeard'],
    ['not heard, and one cluster said nothing', 'notHeard', clusters, [play('k1', 'complete'), play('k2', null)], null],
    ['not heard, one play cut short', 'notHeard', clusters, [...whole, play('k2', 'partial')], null],
    ['not heard, and one cluster was told nothing', 'notHeard', [...clusters, 'k3'], whole, null],
    ['not heard, a relay', 'notHeard', ['k1'], [play('k1', 'complete', { relayHeardMs: 60_000 })], null],
    ['not heard, a silent line', 'notHeard', ['k1'], [play('k1', 'complete', { sensed: false })], null],
    ['not heard, a transmitter', 'notHeard', ['k1'], [play('k1', 'complete', { toTransmitter: true })], null],
    [
      'not heard, other content was played',
      'notHeard',
      ['k1'],
      [play('k1', 'complete', { followedItemId: 'x' })],
      null,
    ],
    ['heard, and played', 'clear', clusters, whole, null],
    ['heard, played in part', 'clear', clusters, [play('k1', 'partial'), play('k2', null)], null],
    ['heard, and no receipt', 'clear', clusters, [play('k1', null), play('k2', null)], 'heardNotPlayed'],
    ['heard, and not played', 'clear', clusters, [play('k1', 'notPlayed'), play('k2', null)], 'heardNotPlayed'],
    ['heard by a relay', 'clear', ['k1'], [play('k1', 'complete', { relayHeardMs: 0 })], null],
    ['heard by a transmitter', 'clear', ['k1'], [play('k1', 'complete', { toTransmitter: true })], null],
    ['unclear speaks against nothing', 'unclear', clusters, whole, null],
    ['a session without plays', 'clear', clusters, [], null],
  ] as const)('%s', (_, answer, ids, plays, found) => expect(contradictionOf(answer, ids, plays)).toBe(found));
});
