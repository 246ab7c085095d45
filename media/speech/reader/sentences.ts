import type { ReadSentence } from './types.js';

/** Characters of one piece of synthesis. */
export const LONGEST_SENTENCE = 300;

type Pause = ReadSentence['pause'];
type Mark = '' | ',' | ':' | '.' | '!' | '?';

const STRENGTH: Readonly<Record<Mark, number>> = { '': 0, ',': 1, ':': 2, '.': 3, '?': 4, '!': 5 };

interface Part {
  readonly said: string;
  mark: Mark;
  readonly from: number;
  to: number;
}

/** Collects what is said, with one pause at most between two words, and cuts it into pieces for the voice. */
export class SentenceBuilder {
  private readonly done: { written: string; said: string; pause: Pause }[] = [];
  private parts: Part[] = [];
  private from: number | undefined;
  private to = 0;

  constructor(private readonly text: string) {}

  /** Something that stands in the text and belongs to the sentence, said or not. */
  cover(from: number, to: number): void {
    this.from ??= from;
    this.to = to;
  }

  say(said: string, from: number, to: number): void {
    this.cover(from, to);
    if (said === '') return;
    // Word by word, so that a long reading can be cut where its text would be.
    for (const word of said.split(' ')) {
      const mark = word.endsWith(',') ? ',' : word.endsWith(':') ? ':' : '';
      this.parts.push({ said: mark === '' ? word : word.slice(0, -1), mark, from, to });
    }
  }

  /** The strongest of several marks in a row counts; before the first word none does. */
  mark(mark: Mark, from: number, to: number): void {
    this.cover(from, to);
    const last = this.parts.at(-1);
    if (last === undefined) return;
    last.to = to;
    if (STRENGTH[mark] > STRENGTH[last.mark]) last.mark = mark;
  }

  end(pause: Pause): void {
    if (this.parts.length === 0) {
      this.from = undefined;
      const last = this.done.at(-1);
      if (last !== undefined && pause === 'paragraph') last.pause = pause;
      return;
    }
    const pieces = cut(this.parts);
    pieces.forEach((piece, index) => {
      const from = index === 0 ? (this.from ?? 0) : (piece[0]?.from ?? 0);
      const to = index === pieces.length - 1 ? this.to : (piece.at(-1)?.to ?? 0);
      const written = this.text.slice(from, to).replace(/\s+/g, ' ').trim();
      this.done.push({ written, said: saidOf(piece), pause: 'sentence' });
    });
    const last = this.done.at(-1);
    if (last !== undefined) last.pause = pause;
    this.parts = [];
    this.from = undefined;
  }

  sentences(): readonly ReadSentence[] {
    return this.done;
  }
}

function saidOf(parts: readonly Part[]): string {
  const said = parts.map((part, index) => {
    const last = index === parts.length - 1;
    return last && part.mark === ',' ? part.said : part.said + part.mark;
  });
  return said.join(' ');
}

/** Pieces of at most about 300 characters: at the last pause before the limit, else at a blank. */
function cut(parts: readonly Part[]): readonly (readonly Part[])[] {
  const pieces: Part[][] = [];
  let piece: Part[] = [];
  let length = 0;
  let pause = 0;
  for (const part of parts) {
    const size = part.said.length + 2;
    if (length + size > LONGEST_SENTENCE && piece.length > 0) {
      const at = pause > 0 ? pause : piece.length;
      const rest = piece.splice(at);
      pieces.push(piece);
      piece = rest;
      length = rest.reduce((sum, { said }) => sum + said.length + 2, 0);
      pause = 0;
    }
    piece.push(part);
    length += size;
    if (part.mark !== '') pause = piece.length;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
