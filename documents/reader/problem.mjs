/** A refusal with a code of its own; any other error of a parser means that the file is damaged. */
export class ReadingProblem extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/** Counts what has been read, so that a document cannot grow without end while it is taken apart. */
export function textBudget(maxTextLength) {
  let left = maxTextLength;
  return (text) => {
    left -= text.length;
    if (left < 0) throw new ReadingProblem('document.tooLarge', `over ${maxTextLength} characters of text`);
    return text;
  };
}
