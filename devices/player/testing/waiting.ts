import { CHUNK_BYTES, topics } from '../../protocol/index.js';
import { SERVICE, signedKeySet, testKey } from './keys.js';
import { morning } from './orders.js';
import { at, audioNamed, playOf } from './plans.js';
import { DEVICE, type World } from './world.js';

/** Three chunks, planned for the evening. */
export const BULLETIN = audioNamed('long bulletin', 3 * CHUNK_BYTES);
export const EVENING = playOf(at('17:00'), { play: 'evening', audio: BULLETIN });
/** Signs for another commune. */
export const LOCAL = testKey('local');
export const KEYS = [{ key: SERVICE }, { key: LOCAL, scope: ['commune-2'] }];

/**
 * A device that waits for something on each of its topics: a question for the time is open, a receipt unacknowledged, and of an
 * asset on its way the descriptor is here, or not even that.
 */
export function waiting({ described = true } = {}): World {
  const world = morning();
  world.capabilities = ['update'];
  world.service.keys = signedKeySet(2, KEYS);
  world.deliver({ topic: topics.keys, payload: world.service.keys });
  world.service.acknowledges = false;
  world.plan({ version: 2, plays: [playOf(at('12:10'), { play: 'noon' }), EVENING] });
  world.run(at('12:12'));
  world.disconnect();
  // An answer about the time holds for an hour.
  world.service.answersTime = false;
  world.run(at('13:00:02'));
  world.connect();
  world.run(world.now + 500);
  if (described) world.deliver({ topic: topics.descriptor(BULLETIN.ref.sha256), payload: BULLETIN.descriptor ?? '' });
  world.run(world.now + 500);
  return world;
}

/** Everything that it has reported as refused. */
export const detailsOf = (world: World): string[] =>
  world.service.heard
    .filter(({ topic }) => topic === topics.up(DEVICE, 'reports'))
    .map(({ message }) => `${message.code}: ${message.detail}`);

/** What nothing refused may change: what is durable, what is stored, what of an asset has come. */
export const standing = ({ state: { durable, stored, assets } }: World) =>
  structuredClone({ durable, stored, chunks: [...assets].map(([name, { missing }]) => [name, missing]) });
