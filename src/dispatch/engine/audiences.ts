import type { PlannedPlay } from '../../../devices/protocol/index.js';

/** Names lists of plays: the same plays, as the board hands them out, have the same name. Cheap, for thousands of lists. */
export function audienceKeys(): (plays: readonly PlannedPlay[]) => string {
  const numbers = new Map<PlannedPlay, number>();
  return (plays) =>
    plays
      .map((play) => {
        const number = numbers.get(play) ?? numbers.size;
        numbers.set(play, number);
        return number;
      })
      .join(' ');
}
