export interface PiperOptions {
  readonly model: string;
  /** Above 1 is slower. */
  readonly lengthScale: number;
}

/** Options that all of Piper's releases know; texts never are among them. */
function common({ model, lengthScale }: PiperOptions): string[] {
  return ['--model', model, '--length_scale', lengthScale.toFixed(3)];
}

/** One text from standard input into one file. */
export function textArguments(options: PiperOptions, outputFile: string): string[] {
  return [...common(options), '--output_file', outputFile];
}

/** A line of JSON for each text, each with a file of its own (Piper in C++ only). */
export function keptArguments(options: PiperOptions): string[] {
  return [...common(options), '--json-input'];
}

/** Piper reads to the end of the line: a text is one line. */
export function textLine(text: string): string {
  return `${text.replace(/\s+/g, ' ')}\n`;
}

export function jsonLine(text: string, outputFile: string): string {
  return `${JSON.stringify({ text: text.replace(/\s+/g, ' '), output_file: outputFile })}\n`;
}
