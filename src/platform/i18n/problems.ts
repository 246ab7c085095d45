import type { Language } from './language.js';

export interface ProblemText {
  /** HTTP status. */
  readonly status: number;
  /** What is wrong and what to do, for the person at the screen. `{name}` is replaced by a parameter. */
  readonly vi: string;
  readonly en: string;
}

/** Every problem of the service by its stable code: the same codes reach screens, logs, devices and the documentation. */
const registry = new Map<string, ProblemText>();
export const problemRegistry: ReadonlyMap<string, ProblemText> = registry;

type Parameters = Readonly<Record<string, string | number>>;

/** A refusal that is somebody's to act on. Reaches the user as RFC 9457 problem+json with `code`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: string,
    private readonly text: ProblemText,
    readonly parameters: Parameters = {},
    /** What exactly is wrong where, e.g. one entry a line of an import. */
    readonly errors: readonly ProblemDetail[] = [],
  ) {
    super(code);
  }

  get status(): number {
    return this.text.status;
  }

  title(language: Language): string {
    return this.text[language].replace(/\{(\w+)\}/g, (whole, name: string) => String(this.parameters[name] ?? whole));
  }

  withErrors(errors: readonly ProblemDetail[]): Problem {
    return new Problem(this.code, this.text, this.parameters, errors);
  }
}

export interface ProblemDetail {
  /** Path into the request, or `line N`. */
  readonly at: string;
  readonly code: string;
  readonly detail?: string;
}

/**
 * Declares the problems of one room: `const problem = defineProblems({ 'area.unknown': { status: 404, vi, en } })`, then
 * `throw problem('area.unknown')`. A code has both languages or does not compile; declared twice, it stops the start.
 */
export function defineProblems<Codes extends Record<string, ProblemText>>(texts: Codes) {
  for (const [code, text] of Object.entries(texts)) {
    if (registry.has(code)) throw new Error(`problem code ${code} is declared twice`);
    registry.set(code, text);
  }
  return (code: keyof Codes & string, parameters: Parameters = {}): Problem =>
    new Problem(code, texts[code] as ProblemText, parameters);
}
