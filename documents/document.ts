export const DOCUMENT_FORMATS = ['docx', 'doc', 'pdf', 'markdown', 'text'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export const TEXT_ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'tcvn3',
  'vni',
  'windows-1258',
  'windows-1252',
] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** What was converted, dropped or kept on the way to plain text, so that a person can look at the right place. */
export const DOCUMENT_NOTES = [
  'convertedTcvn3',
  'convertedVni',
  'convertedWindows1258',
  /** TCVN3 has no capitals with tone marks of its own: those of words in capitals were put back by their neighbours. */
  'capitalsRestored',
  'encodingGuessed',
  'extensionMisleading',
  'macrosIgnored',
  'imagesIgnored',
  'footnotesIgnored',
  'tablesFlattened',
  'listNumbersDropped',
  'pageNumbersDropped',
  'codeDropped',
  'htmlDropped',
  'frontMatterIgnored',
  'controlCharactersRemoved',
  'bidiRemoved',
  'emojiKept',
] as const;
export type DocumentNote = (typeof DOCUMENT_NOTES)[number];

export type FrontMatterScalar = string | number | boolean | null;
export type FrontMatter = Readonly<Record<string, FrontMatterScalar | readonly FrontMatterScalar[]>>;

export interface ExtractedDocument {
  readonly format: DocumentFormat;
  /** From the front matter, else the first heading; null when nothing is marked as one. */
  readonly title: string | null;
  /** NFC; paragraphs are separated by a blank line, list items and table rows are lines of their own. */
  readonly text: string;
  /** How the bytes of a text or Markdown file were read; null for formats that carry Unicode themselves. */
  readonly encoding: TextEncoding | null;
  readonly notes: readonly DocumentNote[];
  /** Markdown only. */
  readonly frontMatter: FrontMatter | null;
}
