import { libraryProblem } from '../problems.js';

/** The place of a position, if it has the given shape: what a client sends may be anything. */
export function readPlace(
  place: readonly (number | string)[],
  shape: readonly ('number' | 'string')[],
): readonly (number | string)[] {
  if (place.length !== shape.length || place.some((part, at) => typeof part !== shape[at]))
    throw libraryProblem('library.cursorUnknown');
  return place;
}
