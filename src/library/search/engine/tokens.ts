import { type Word, wordsOf } from './words.js';

/**
 * What both databases index: plain ASCII tokens, made here and nowhere else, so that both find the same and neither its
 * collation, its tokenizer nor its stemming has a say. A folded word is its own token; all others carry their class and a
 * dot, which no word contains.
 */
export const CLASSES = {
  /** A folded word of the title. */
  titleWord: 't',
  /** A word as written, where that differs from its folded form. */
  exactWord: 'x',
  exactTitleWord: 'y',
  /** First letters of a folded word: what somebody has typed so far would else match half of all words. */
  beginning: 'q',
  titleBeginning: 'v',
  /** Two folded words in a row, for phrases. */
  pair: 'b',
  /** The area of the item, and the areas above it. */
  under: 's',
  area: 'a',
  kind: 'k',
  language: 'l',
  field: 'f',
  topic: 'o',
  audience: 'd',
  form: 'm',
  programme: 'g',
  sourceOffice: 'r',
  sponsor: 'w',
  planLine: 'n',
  group: 'h',
  request: 'j',
  author: 'u',
  bylineWord: 'e',
} as const;
export type TokenClass = keyof typeof CLASSES;

/** Nearly all Vietnamese syllables; the beginnings of longer words are looked up as FTS5 and GIN do it, which takes longer. */
export const LONGEST_BEGINNING = 6;
/** PostgreSQL takes 1 MB a row. What comes after is not found; the title and the metadata come first. */
const MOST_CHARACTERS = 700_000;

/** ASCII, and of two words one begins the other if and only if their tokens do. */
const ascii = (text: string): string =>
  /^[a-z0-9]*$/.test(text)
    ? text
    : text.replace(/[^a-z0-9]/gu, (sign) => `_${(sign.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`);

export const wordToken = (folded: string): string => ascii(folded);
export const token = (kind: TokenClass, value: string): string => `${CLASSES[kind]}.${ascii(value)}`;
export const pairToken = (first: string, second: string): string => `${CLASSES.pair}.${ascii(first)}.${ascii(second)}`;
/** Of a whole value of a list, e.g. a programme: the same however its accents, capitals and signs are written. */
export const valueToken = (kind: TokenClass, value: string): string =>
  `${CLASSES[kind]}.${wordsOf(value)
    .map(({ folded }) => ascii(folded))
    .join('.')}`;

/** What the index says of one version of an item. */
export interface IndexSource {
  readonly areaPath: string;
  readonly areaName: string;
  readonly kind: string;
  readonly language: string;
  readonly groupId: string;
  readonly requestId: string | null;
  readonly planLineId: string | null;
  readonly createdBy: string;
  readonly authorId: string;
  readonly authorName: string;
  readonly title: string;
  readonly topic: string;
  readonly field: number;
  readonly audience: readonly string[];
  readonly form: string;
  readonly programme: string;
  readonly sourceOffice: string;
  readonly sponsor: string;
  readonly byline: string;
  readonly text: string | null;
}

/** As somebody would type them. */
const KIND_NAMES: Readonly<Record<string, string>> = {
  script: 'kịch bản đọc máy',
  recording: 'bản thu',
  relay: 'tiếp âm',
  notice: 'thông báo theo mẫu',
  picture: 'hình ảnh',
  video: 'video ngắn',
  boardText: 'chữ bảng tin',
};
export const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  vi: 'tiếng Việt',
  km: 'tiếng Khmer',
  mnn: 'tiếng M’nông',
  sti: 'tiếng S’tiêng',
  rad: 'tiếng Ê Đê',
  jra: 'tiếng Gia Rai',
  bdq: 'tiếng Ba Na',
  cjm: 'tiếng Chăm',
  hmn: 'tiếng Mông',
  tyz: 'tiếng Tày',
  nut: 'tiếng Nùng',
  blt: 'tiếng Thái',
  en: 'tiếng Anh',
};

export interface IndexedText {
  readonly tokens: readonly string[];
  /** Folded words of each field between bars, single spaces around: where the index cannot tell a longer phrase. */
  readonly folded: string;
}

/** @param source texts in NFC */
export function indexed(source: IndexSource): IndexedText {
  const tokens = new TokenSet();
  const folded: string[] = [];
  tokens.add(...facetsOf(source));
  for (const [at, field] of fieldsOf(source).entries()) {
    const words = wordsOf(field);
    if (words.length === 0) continue;
    addWords(tokens, words, at === 0);
    folded.push(words.map((word) => word.folded).join(' '));
  }
  return { tokens: [...tokens.all], folded: ` ${folded.join(' | ')} ` };
}

/** The title first: it counts most, and is never cut off. */
const fieldsOf = (source: IndexSource): string[] => [
  source.title,
  source.topic,
  ...source.audience,
  source.form,
  source.programme,
  source.sourceOffice,
  source.sponsor,
  source.byline,
  source.areaName,
  `${source.kind} ${KIND_NAMES[source.kind] ?? ''}`,
  `${source.language} ${LANGUAGE_NAMES[source.language] ?? ''}`,
  source.text ?? '',
];

function addWords(tokens: TokenSet, words: readonly Word[], isTitle: boolean): void {
  let before: WordTokens | null = null;
  for (const word of words) {
    const own = tokensOf(word);
    tokens.add(...own.anywhere);
    if (isTitle) tokens.add(...own.title);
    if (before) tokens.add(`${CLASSES.pair}.${before.ascii}.${own.ascii}`);
    before = own;
  }
}

interface WordTokens {
  readonly ascii: string;
  readonly anywhere: readonly string[];
  readonly title: readonly string[];
}

/** By the word, which is one object as long as it is known. */
const tokensKnown = new WeakMap<Word, WordTokens>();

function tokensOf(word: Word): WordTokens {
  const before = tokensKnown.get(word);
  if (before) return before;
  const { exact, folded } = word;
  const letters = [...folded].slice(0, LONGEST_BEGINNING);
  const beginnings = letters.map((_, at) => letters.slice(0, at + 1).join(''));
  const differs = exact !== folded;
  const tokens = {
    ascii: ascii(folded),
    anywhere: [
      wordToken(folded),
      ...beginnings.map((each) => token('beginning', each)),
      ...(differs ? [token('exactWord', exact)] : []),
    ],
    title: [
      token('titleWord', folded),
      ...beginnings.map((each) => token('titleBeginning', each)),
      ...(differs ? [token('exactTitleWord', exact)] : []),
    ],
  };
  tokensKnown.set(word, tokens);
  return tokens;
}

function facetsOf(source: IndexSource): string[] {
  const steps = source.areaPath.split('/').filter(Boolean);
  const named = (kind: TokenClass, id: string | null) => (id === null ? [] : [token(kind, id)]);
  return [
    ...steps.map((id) => token('under', id)),
    token('area', steps.at(-1) ?? ''),
    token('kind', source.kind),
    token('language', source.language),
    token('field', String(source.field)),
    valueToken('topic', source.topic),
    ...source.audience.map((each) => valueToken('audience', each)),
    valueToken('form', source.form),
    valueToken('programme', source.programme),
    valueToken('sourceOffice', source.sourceOffice),
    valueToken('sponsor', source.sponsor),
    ...named('planLine', source.planLineId),
    token('group', source.groupId),
    ...named('request', source.requestId),
    token('author', source.authorId),
    token('author', source.createdBy),
    ...[source.byline, source.authorName].flatMap((name) =>
      wordsOf(name).map(({ folded }) => token('bylineWord', folded)),
    ),
  ];
}

class TokenSet {
  readonly all = new Set<string>();
  private left = MOST_CHARACTERS;

  add(...tokens: readonly string[]): void {
    for (const each of tokens) {
      if (this.all.has(each) || this.left < each.length) continue;
      this.all.add(each);
      this.left -= each.length;
    }
  }
}
