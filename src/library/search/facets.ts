import { and, is, type Match, or } from './engine/query.js';
import { type TokenClass, token, valueToken } from './engine/tokens.js';
import { wordsOf } from './engine/words.js';
import type { ItemQuery } from './search.api.js';

/** Below one of these areas; null: everywhere. @param paths of areas, `/` the whole installation */
export function below(paths: readonly string[]): Match | null {
  const ids = paths.map((path) => path.split('/').filter(Boolean).at(-1));
  if (ids.includes(undefined)) return null;
  return or(ids.map((id) => is(token('under', id ?? ''))));
}

export const inAreas = (ids: readonly string[]): Match => or(ids.map((id) => is(token('area', id))));

/** The conditions of a query that stand in the index. */
export function facetsOf(query: Partial<ItemQuery>): Match[] {
  const named: readonly (readonly [TokenClass, string | undefined])[] = [
    ['kind', query.kind],
    ['language', query.language],
    ['field', query.field?.toString()],
    ['planLine', query.planLineId],
    ['group', query.groupId],
    ['request', query.requestId],
  ];
  const values: readonly (readonly [TokenClass, string | undefined])[] = [
    ['topic', query.topic],
    ['audience', query.audience],
    ['form', query.form],
    ['programme', query.programme],
    ['sourceOffice', query.sourceOffice],
    ['sponsor', query.sponsor],
  ];
  return [
    ...named.flatMap(([kind, id]) => (id === undefined ? [] : [is(token(kind, id))])),
    ...values.flatMap(([kind, value]) => (value === undefined ? [] : [is(valueToken(kind, value))])),
    ...(query.author === undefined ? [] : [authoredBy(query.author)]),
  ];
}

function authoredBy(author: string): Match {
  const account = is(token('author', author));
  const words = wordsOf(author).map(({ folded }) => is(token('bylineWord', folded)));
  return words.length === 0 ? account : or([account, and(words)]);
}
