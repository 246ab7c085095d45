import { parse } from 'yaml';
import type { FrontMatter, FrontMatterScalar } from '../document.js';

export interface SplitText {
  readonly frontMatter: FrontMatter | null;
  readonly body: string;
  /** Something between the marks was not read: broken YAML, or more than plain values and lists of them. */
  readonly ignored: boolean;
}

/** Metadata are a few lines; more would only cost time in the YAML parser. */
const MAX_LENGTH = 16_384;
const MAX_LIST = 200;

/** Takes the YAML between two `---` lines at the start of a Markdown text. Nothing but plain values comes through. */
export function splitFrontMatter(text: string): SplitText {
  const opening = /^\ufeff?---[ \t]*\r?\n/.exec(text);
  if (opening === null) return { frontMatter: null, body: text, ignored: false };
  const from = opening[0].length;
  const head = text.slice(from, from + MAX_LENGTH + 10);
  const closing = /^(?:---|\.\.\.)[ \t]{0,80}\r?$/m.exec(head);
  // A rule at the top of a text looks the same as an opening mark without an end.
  if (closing === null) return { frontMatter: null, body: text, ignored: false };
  const body = text.slice(from + closing.index + closing[0].length);
  const read = readYaml(head.slice(0, closing.index));
  return read === null ? { frontMatter: null, body, ignored: true } : { ...read, body };
}

function readYaml(source: string): { frontMatter: FrontMatter; ignored: boolean } | null {
  let parsed: unknown;
  try {
    // An alias could repeat itself into gigabytes; a plain list of values needs none.
    parsed = parse(source, { schema: 'core', maxAliasCount: 0, logLevel: 'error', prettyErrors: false });
  } catch {
    return null;
  }
  if (parsed === null || parsed === undefined) return { frontMatter: {}, ignored: false };
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return null;
  const kept: [string, FrontMatterScalar | FrontMatterScalar[]][] = [];
  let ignored = false;
  for (const [key, value] of Object.entries(parsed)) {
    if (key === '__proto__') ignored = true;
    else if (isScalar(value)) kept.push([key, plain(value)]);
    else if (Array.isArray(value) && value.length <= MAX_LIST && value.every(isScalar))
      kept.push([key, value.map(plain)]);
    else ignored = true;
  }
  return { frontMatter: Object.fromEntries(kept), ignored };
}

const isScalar = (value: unknown): value is FrontMatterScalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const plain = (value: FrontMatterScalar): FrontMatterScalar =>
  typeof value === 'string' ? value.normalize('NFC') : value;
