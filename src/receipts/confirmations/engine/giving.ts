import { type Answer, CORRECTABLE_MS } from './sessions.js';

/** An answer as it was given; corrections stand behind it. */
export interface Given {
  readonly answer: Answer;
  readonly atMs: number;
  /** The link of a head, or the account of an operator. */
  readonly byId: string;
}

export type Verdict = 'first' | 'same' | 'correction' | 'stale' | 'another' | 'fixed';

/**
 * What becomes of an answer: the same again is the same one, a different one corrects it within the hour if it comes from the same person.
 * @param given so far in one session, of one kind, in their order
 * @param seen how many of them the person had before their eyes; null: not said. A tap that was under way for long corrects nothing that was
 *   said in the meantime.
 */
export function judgeAnswer(
  given: readonly Given[],
  { answer, byId, seen }: { readonly answer: Answer; readonly byId: string; readonly seen: number | null },
  nowMs: number,
): Verdict {
  const [first, last] = [given[0], given.at(-1)];
  if (!first || !last) return 'first';
  if (last.answer === answer && last.byId === byId) return 'same';
  if (first.byId !== byId) return 'another';
  if (nowMs >= first.atMs + CORRECTABLE_MS) return 'fixed';
  return seen !== null && seen !== given.length ? 'stale' : 'correction';
}
