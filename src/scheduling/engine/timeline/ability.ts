import type { Listener } from '../model.js';
import type { Step } from './running-order.js';

/** `stream`: a relay or live sound where no device takes one; `sound`: on a board; `picture`: picture, video or text at loudspeakers. */
export type Obstacle = 'stream' | 'sound' | 'picture';

/** What of a step is not for the device at a place; null: it can be played or shown there, or nobody knows yet what it is. */
export function obstacleTo(
  { kind, item }: Pick<Step, 'kind' | 'item'>,
  listener: Pick<Listener, 'kind' | 'capabilities'>,
): Obstacle | null {
  if (kind === 'gap' || kind === 'bulletin') return null;
  const isStream = kind === 'relay' || kind === 'live';
  if (listener.kind === 'board') return isStream || item?.audio ? 'sound' : null;
  if (kind === 'show') return 'picture';

  return isStream && !listener.capabilities.includes('stream') ? 'stream' : null;
}
