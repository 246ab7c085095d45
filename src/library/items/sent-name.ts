import { cleanLine } from '../engine/script-text.js';
import { visualUploadProblem } from './visual.problems.js';

/** A header that carries more than ASCII is percent-encoded UTF-8. Null: not sent. @throws library.headerWrong */
export function sentName(header: string | undefined, longest: number): string | null {
  if (header === undefined) return null;
  const name = cleanLine(decoded(header));
  if ([...name].length > longest) throw visualUploadProblem('library.headerWrong');
  return name === '' ? null : name;
}

function decoded(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    throw visualUploadProblem('library.headerWrong');
  }
}
