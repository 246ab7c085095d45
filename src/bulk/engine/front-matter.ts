/** Plain values, as `documents/` lets them through. */
type Value = string | number | boolean | null;
export type FrontMatter = Readonly<Record<string, Value | readonly Value[]>>;

/** A key that says nothing about content here, or a value that its key does not take. */
export type FrontMatterWarning =
  | { readonly code: 'frontMatterUnknown'; readonly key: string }
  | { readonly code: 'frontMatterWrong'; readonly key: string }
  | { readonly code: 'planLineIgnored'; readonly key: string };

/** What the head of a Markdown file may say; anything it does not say is left out. */
export interface Told {
  title?: string;
  topic?: string;
  field?: number;
  audience?: string[];
  form?: string;
  language?: string;
  programme?: string;
  sourceOffice?: string;
  sponsor?: string;
  byline?: string;
  validFrom?: string;
  validTo?: string;
}

const LINES = ['title', 'topic', 'form', 'programme', 'sourceOffice', 'sponsor', 'byline'] as const;
const DAYS = ['validFrom', 'validTo'] as const;
/** Name a line of somebody's plan; plans are the receiving office's own. */
const OF_PLANS = ['planLine', 'planLineId', 'plan'];
const MOST_LISTED = 30;
const LONGEST = 200;
const LONGEST_KEY = 60;

/** The metadata in the head of a Markdown file. Nothing in it is believed unchecked; what does not fit is said. */
export function toldBy(frontMatter: FrontMatter): {
  readonly told: Told;
  readonly warnings: readonly FrontMatterWarning[];
} {
  const told: Told = {};
  const warnings: FrontMatterWarning[] = [];
  for (const [rawKey, value] of Object.entries(frontMatter)) {
    const key = rawKey.slice(0, LONGEST_KEY);
    if (value === null || value === '') continue;
    if (OF_PLANS.includes(key)) warnings.push({ code: 'planLineIgnored', key });
    else if (!isKnown(key)) warnings.push({ code: 'frontMatterUnknown', key });
    else if (!take(told, key, value)) warnings.push({ code: 'frontMatterWrong', key });
  }
  return { told, warnings };
}

const KEYS = [...LINES, ...DAYS, 'field', 'audience', 'language'] as const;
type Key = (typeof KEYS)[number];
const isKnown = (key: string): key is Key => KEYS.some((known) => known === key);

/** @returns whether the value is one that the key takes */
function take(told: Told, key: Key, value: Value | readonly Value[]): boolean {
  if (key === 'audience') {
    const names = (Array.isArray(value) ? value : String(value).split(/[,;]/))
      .map(lineOf)
      .filter((each) => each !== '');
    if (names.length > MOST_LISTED || names.some((each) => each.length > LONGEST)) return false;
    told.audience = names;
    return true;
  }
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  if (key === 'field') {
    const field = Number(value);
    if (!Number.isInteger(field) || field < 1 || field > 6) return false;
    told.field = field;
    return true;
  }
  const line = lineOf(value);
  if (line.length > LONGEST && key !== 'title') return false;
  if (key === 'language' && !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(line)) return false;
  if ((key === 'validFrom' || key === 'validTo') && !isDay(line)) return false;
  told[key] = line;
  return true;
}

const lineOf = (value: Value): string =>
  String(value ?? '')
    .replace(/\s+/g, ' ')
    .trim();

function isDay(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === '') return false;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1] ?? 0;
  return d >= 1 && d <= days;
}
