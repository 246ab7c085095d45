import { LONGEST_BEGINNING, pairToken, type TokenClass, token, wordToken } from './tokens.js';
import { type Word, wordsOf } from './words.js';

/** What somebody typed into the search field. All terms must match. */
export type Term =
  | { readonly kind: 'word'; readonly word: Word /** More letters may follow. */; readonly begins: boolean }
  | { readonly kind: 'phrase'; readonly words: readonly Word[] };

/** A condition on the tokens of an item; each database writes it in its own way. */
export type Match =
  | { readonly op: 'token'; readonly token: string; readonly begins: boolean }
  | { readonly op: 'and' | 'or'; readonly of: readonly Match[] }
  | { readonly op: 'butNot'; readonly yes: Match; readonly no: Match };

/** Beyond that many words, the rest of what was typed is not looked for. */
const MOST_WORDS = 32;

/**
 * Words, and phrases between double quotes. The last word outside quotes may go on (search as you type). A quote without
 * its other half, and every other sign, is no syntax: it stands between words.
 */
export function termsOf(search: string): Term[] {
  const parts = search.normalize('NFC').split(/["“”„]/u);
  const last = parts.length - 1;
  const terms: Term[] = [];
  let left = MOST_WORDS;
  for (const [at, part] of parts.entries()) {
    const words = wordsOf(part).slice(0, left);
    left -= words.length;
    if (at % 2 === 1 && at < last && words.length > 1) terms.push({ kind: 'phrase', words });
    else
      terms.push(
        ...words.map(
          (word, place) => ({ kind: 'word', word, begins: at === last && place === words.length - 1 }) as const,
        ),
      );
  }
  return terms;
}

/**
 * Conditions in the order of their worth, no item matching two of them: written as typed in the title, written as typed
 * anywhere, in the title, anywhere. A word typed without diacritics is written as typed in every spelling.
 */
export function tiersOf(terms: readonly Term[]): Match[] {
  if (terms.length === 0) return [];
  const anywhere = matchOf(terms, { folded: null, exact: null });
  const title = matchOf(terms, { folded: 'titleWord', exact: null });
  if (!terms.some(hasAccents)) return [title, { op: 'butNot', yes: anywhere, no: title }];
  const exact = matchOf(terms, { folded: null, exact: 'exactWord' });
  const exactTitle = matchOf(terms, { folded: 'titleWord', exact: 'exactTitleWord' });
  return [
    exactTitle,
    { op: 'butNot', yes: exact, no: exactTitle },
    { op: 'butNot', yes: title, no: exact },
    { op: 'butNot', yes: anywhere, no: { op: 'or', of: [exact, title] } },
  ];
}

/** Phrases of three words and more: pairs alone do not say that they follow each other. */
export const longPhrasesOf = (terms: readonly Term[]): string[] =>
  terms.flatMap((term) =>
    term.kind === 'phrase' && term.words.length > 2 ? [` ${term.words.map(({ folded }) => folded).join(' ')} `] : [],
  );

export const is = (token: string, begins = false): Match => ({ op: 'token', token, begins });
export const and = (of: readonly Match[]): Match => (of.length === 1 && of[0] ? of[0] : { op: 'and', of });
export const or = (of: readonly Match[]): Match => (of.length === 1 && of[0] ? of[0] : { op: 'or', of });

interface Spelling {
  /** Null: anywhere. */
  readonly folded: 'titleWord' | null;
  /** Where words that were typed with diacritics are looked for as typed; null: nowhere. */
  readonly exact: TokenClass | null;
}

const matchOf = (terms: readonly Term[], spelling: Spelling): Match =>
  and(
    terms.flatMap((term) => {
      if (term.kind === 'word') return [wordMatch(term.word, term.begins, spelling)];
      const pairs = term.words.slice(1).map(({ folded }, at) => is(pairToken(term.words[at]?.folded ?? '', folded)));
      const needsWords = spelling.folded !== null || (spelling.exact !== null && hasAccents(term));
      return needsWords ? [...pairs, ...term.words.map((word) => wordMatch(word, false, spelling))] : pairs;
    }),
  );

function wordMatch(word: Word, begins: boolean, { folded, exact }: Spelling): Match {
  // Whole, also if it may go on: only of a finished word can anybody say that it is written as typed.
  if (exact !== null && accented(word)) return is(token(exact, word.exact));
  if (begins && [...word.folded].length <= LONGEST_BEGINNING)
    return is(token(folded === null ? 'beginning' : 'titleBeginning', word.folded));
  return is(folded === null ? wordToken(word.folded) : token(folded, word.folded), begins);
}

/** Typed with diacritics. */
const accented = ({ exact, folded }: Word): boolean => exact !== folded;
const hasAccents = (term: Term): boolean => (term.kind === 'word' ? accented(term.word) : term.words.some(accented));
