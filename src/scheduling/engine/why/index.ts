export type { Cites, Explanation, Reason } from './explanation.js';
export { recurrenceInWords, recurrenceWords } from './recurrence-words.js';
export { WHY_CODES, type WhyCode, type WhyFacts } from './sentences.js';
export type { Asked, ExplainedEntry, WhyQuestion } from './subject.js';
export type { Words } from './when.js';
export { whyAt } from './why.js';
