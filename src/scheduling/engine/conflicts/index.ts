export { CONFLICT_CODES, type ConflictCode, SEVERITIES, type Severity } from './codes.js';
export type { Conflict, ConflictList, FateAhead, Happening } from './conflict.js';
export { conflictsOf } from './conflicts.js';
export type { ConflictQuestion } from './ground.js';
export { changeFor, SOLUTION_KINDS, type Solution, type SolutionData, type SolutionKind } from './solutions.js';
export { changed } from './trial.js';
