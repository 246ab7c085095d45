export { type KeptPicture, keepPicture } from './picture.intake.js';
export { asPictureProblem } from './picture.problems.js';
