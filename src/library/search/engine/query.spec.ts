import { expect, it } from '@jest/globals';
import { longPhrasesOf, type Match, termsOf, tiersOf } from './query.js';

const shown = (search: string) =>
  termsOf(search).map((term) =>
    term.kind === 'phrase'
      ? `"${term.words.map(({ exact }) => exact).join(' ')}"`
      : `${term.word.exact}${term.begins ? '…' : ''}`,
  );

it.each([
  ['vay vốn', ['vay', 'vốn…']],
  ['và và', ['và', 'và…']],
  ['"vay vốn" nuôi', ['"vay vốn"', 'nuôi…']],
  ['nuôi “con dê”', ['nuôi', '"con dê"']],
  ['"dê"', ['dê']],
  ['vay "vốn nuôi', ['vay', 'vốn', 'nuôi…']],
  ['""" "', []],
  ['de%_*\\-NEAR(3)', ['de', 'near', '3…']],
])('%s', (search, terms) => expect(shown(search)).toEqual(terms));

it('of a thousand signs only so many words are looked for', () => {
  expect(termsOf('a '.repeat(500))).toHaveLength(32);
  expect(termsOf(`"${'a '.repeat(500)}" b`)).toHaveLength(1);
});

const tokens = (match: Match): string[] => {
  if (match.op === 'token') return [`${match.token}${match.begins ? '*' : ''}`];
  return match.op === 'butNot' ? tokens(match.yes) : match.of.flatMap(tokens);
};

it('without diacritics: in the title, then anywhere', () => {
  expect(tiersOf(termsOf('vay nuoi')).map(tokens)).toEqual([
    ['t.vay', 'v.nuoi'],
    ['vay', 'q.nuoi'],
  ]);
});

it('with diacritics: as written in the title, as written, in the title, anywhere', () => {
  expect(tiersOf(termsOf('vốn vay')).map(tokens)).toEqual([
    ['y.v_001ed1n', 'v.vay'],
    ['x.v_001ed1n', 'q.vay'],
    ['t.von', 'v.vay'],
    ['von', 'q.vay'],
  ]);
});

it('a word that may go on is written as typed only where it does not', () => {
  expect(tiersOf(termsOf('đi')).map(tokens)).toEqual([['y._000111i'], ['x._000111i'], ['v.di'], ['q.di']]);
});

it('a phrase is its pairs; of three words and more, the words in a row too', () => {
  expect(tiersOf(termsOf('"vay von nuoi"')).at(-1)).toMatchObject({
    yes: { op: 'and', of: [{ token: 'b.vay.von' }, { token: 'b.von.nuoi' }] },
  });
  expect(longPhrasesOf(termsOf('"vay von nuoi" "con de"'))).toEqual([' vay von nuoi ']);
});
