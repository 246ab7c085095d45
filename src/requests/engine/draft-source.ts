/** A part of a request that a draft is made from. */
export type DraftSource =
  | { readonly from: 'text' }
  | { readonly from: 'recording'; readonly file: number }
  | { readonly from: 'document'; readonly file: number };

interface Sent {
  readonly text: string | null;
  readonly files: readonly { readonly family: 'audio' | 'document' }[];
}

const sourceAt = ({ files }: Sent, file: number): DraftSource | null => {
  const family = files[file]?.family;
  if (family === undefined) return null;
  return { from: family === 'audio' ? 'recording' : 'document', file };
};

/**
 * What one tap takes: a voice before a document, because somebody spoke it to be heard; a document before the text, which
 * then only accompanies it. @param wanted the operator's own choice: `text`, or the place of a file; null: none
 * @returns null when the request has no such part
 */
export function draftSource(sent: Sent, wanted: 'text' | number | null): DraftSource | null {
  if (typeof wanted === 'number') return sourceAt(sent, wanted);
  const text: DraftSource | null = sent.text === null ? null : { from: 'text' };
  if (wanted === 'text') return text;
  const first = (family: 'audio' | 'document') =>
    sourceAt(
      sent,
      sent.files.findIndex((file) => file.family === family),
    );
  return first('audio') ?? first('document') ?? text;
}
