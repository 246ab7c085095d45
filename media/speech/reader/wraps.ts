import { matchAt } from './scan.js';

/** Lines of printed plans are broken at about 75 characters; a shorter line was ended by a person. */
const SHORTEST_WRAPPED = 45;
const CLOSED = /[.!?…;:]["”’»)\]*]{0,3}$/;
const LIST_HEAD = /(?:[a-zđ]|\d{1,2}(?:\.\d{1,2}){0,3})[.)/](?:[ ]|\p{Lu})/uy;
/** A line does not end with these: the next one goes on, in capitals too. */
const DANGLING =
  /(?:,|[ ](?:của|và|số|theo|về|từ|các|là|cho|với|ngày|thuộc|do|tại|trong|những|để|đến|tới|qua|như|hoặc|bộ))[ ]?$/i;
const ONLY_FIGURES = /\d{1,3}[ ]?(?:\n|$)/y;
const GOES_ON = /[\p{Ll}\d(“"]/uy;

/**
 * True when a line break is only the edge of the paper: the line before is long and unfinished, the next goes on in lower case or
 * with a figure. Texts taken from PDF files would otherwise stop in the middle of every sentence.
 */
export function wraps(text: string, lineFrom: number, lineTo: number, next: number): boolean {
  if (lineTo - lineFrom < SHORTEST_WRAPPED) return false;
  if (CLOSED.test(text.slice(Math.max(lineFrom, lineTo - 5), lineTo))) return false;
  if (matchAt(LIST_HEAD, text, next) !== undefined || matchAt(ONLY_FIGURES, text, next) !== undefined) return false;
  if (matchAt(GOES_ON, text, next) !== undefined) return true;
  return (
    DANGLING.test(text.slice(Math.max(lineFrom, lineTo - 12), lineTo)) && matchAt(/\p{Lu}/uy, text, next) !== undefined
  );
}
