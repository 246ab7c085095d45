/** What a sender has prepared and the service has not answered yet. It outlives a reload; the bytes of its files stand apart. */
export interface DraftFile {
  /** Of this draft only. */
  readonly n: string;
  readonly from: 'chosen' | 'recorded';
  readonly fileName: string;
  readonly bytes: number;
  /** Null: nobody measured it. */
  readonly durationMs: number | null;
  /** As the service named it; null: it is not there yet. */
  readonly sentId: string | null;
}

export interface Draft {
  readonly title: string;
  readonly text: string;
  readonly wanted: string;
  readonly urgent: boolean;
  readonly thirdParty: string;
  readonly language: string;
  readonly files: readonly DraftFile[];
  /** The last try, whose answer may have been lost: its key, and what was sent with it. */
  readonly attempt: { readonly key: string; readonly content: string } | null;
}

export const EMPTY_DRAFT: Draft = {
  title: '',
  text: '',
  wanted: '',
  urgent: false,
  thirdParty: '',
  language: 'vi',
  files: [],
  attempt: null,
};

export const hasContent = ({ text, files }: Draft): boolean => text.trim() !== '' || files.length > 0;

/** Whether a person would miss it. */
export const isWorthKeeping = (draft: Draft): boolean =>
  hasContent(draft) || draft.title.trim() !== '' || draft.wanted.trim() !== '';

/**
 * The draft with the key to send it under. The same content keeps its key, so that a try whose answer was lost and its repetition
 * are one request; other content is another request.
 */
export function attempted(draft: Draft, newKey: () => string): Draft & { readonly attempt: { readonly key: string } } {
  const content = contentOf(draft);
  const attempt = draft.attempt?.content === content ? draft.attempt : { key: newKey(), content };
  return { ...draft, attempt };
}

function contentOf({ title, text, wanted, urgent, thirdParty, language, files }: Draft): string {
  const all = JSON.stringify([title, text, wanted, urgent, thirdParty, language, files.map(({ n }) => n)]);
  return `${all.length}.${hashOf(all)}`;
}

/** What was kept, or an empty draft when it is not one of ours. */
export function parseDraft(kept: string | null): Draft {
  if (kept === null) return EMPTY_DRAFT;
  try {
    const found = JSON.parse(kept) as Partial<Record<keyof Draft, unknown>> | null;
    if (typeof found !== 'object' || found === null) return EMPTY_DRAFT;
    const words = (key: 'title' | 'text' | 'wanted' | 'thirdParty' | 'language') => {
      const value = found[key];
      return typeof value === 'string' ? value : EMPTY_DRAFT[key];
    };
    return {
      title: words('title'),
      text: words('text'),
      wanted: words('wanted'),
      urgent: found.urgent === true,
      thirdParty: words('thirdParty'),
      language: words('language'),
      files: Array.isArray(found.files) ? found.files.flatMap(fileIn) : [],
      attempt: attemptIn(found.attempt),
    };
  } catch {
    return EMPTY_DRAFT;
  }
}

function fileIn(found: unknown): DraftFile[] {
  if (typeof found !== 'object' || found === null) return [];
  const { n, from, fileName, bytes, durationMs, sentId } = found as Partial<Record<keyof DraftFile, unknown>>;
  if (typeof n !== 'string' || typeof fileName !== 'string' || typeof bytes !== 'number') return [];
  return [
    {
      n,
      from: from === 'recorded' ? 'recorded' : 'chosen',
      fileName,
      bytes,
      durationMs: typeof durationMs === 'number' ? durationMs : null,
      sentId: typeof sentId === 'string' ? sentId : null,
    },
  ];
}

function attemptIn(found: unknown): Draft['attempt'] {
  if (typeof found !== 'object' || found === null) return null;
  const { key, content } = found as Partial<Record<'key' | 'content', unknown>>;
  return typeof key === 'string' && typeof content === 'string' ? { key, content } : null;
}

/** Where the draft of a link is kept: two links in one browser do not meet, and the address itself is not written down. */
export const slotOf = (token: string): string => `vang.draft.${hashOf(token)}`;

/** FNV-1a over two halves of 32 bits: to tell texts apart, not to hide them. */
function hashOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + i), 0x85ebca6b);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}
