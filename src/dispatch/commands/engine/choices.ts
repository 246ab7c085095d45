import type { CommandBody, PlannedPlay } from '../../../../devices/protocol/index.js';

type Choice = Extract<CommandBody, { kind: 'playNow' }>['choices'][number];

/**
 * One choice for each audience that hears something else than everybody, and one for everybody.
 * @param plays of everybody, then of each audience
 */
export function wherePlanned(
  audiences: readonly (readonly string[])[],
  [ofAll = [], ...ofEach]: readonly (readonly PlannedPlay[])[],
): Choice[] {
  const usual = JSON.stringify(ofAll);
  const own = audiences.flatMap((languages, at): Choice[] => {
    const plays = ofEach[at] ?? [];
    if (plays.length === 0 || JSON.stringify(plays) === usual) return [];
    return [{ languages: [...languages], plays: [...plays] }];
  });
  return ofAll.length === 0 ? own : [{ languages: null, plays: [...ofAll] }, ...own];
}
