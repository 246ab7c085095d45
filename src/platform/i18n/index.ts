export { fold } from './fold.js';
export { type Language, pickLanguage } from './language.js';
export { defineProblems, Problem, type ProblemDetail, problemRegistry } from './problems.js';
