/** What the readers of all formats make of a document: a list of these, in reading order. */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'item' | 'row';
  readonly text: string;
}

/** Paragraphs apart, list items and table rows close together. */
export function joinBlocks(blocks: readonly Block[]): string {
  let joined = '';
  let previous: Block['kind'] | null = null;
  for (const { kind, text } of blocks) {
    const whole = text.replace(/\n{2,}/g, '\n').trim();
    if (whole === '') continue;
    const close = kind === previous && (kind === 'item' || kind === 'row');
    joined += previous === null ? whole : `${close ? '\n' : '\n\n'}${whole}`;
    previous = kind;
  }
  return joined;
}

/** A voice pauses at a semicolon; a comma would run into the decimal commas of numbers. */
export const joinCells = (cells: readonly string[]): string =>
  cells
    .map((cell) => cell.replace(/\s+/g, ' ').trim())
    .filter((cell) => cell !== '')
    .join('; ');
