import { CLAUSES } from './clauses.js';
import type { Report } from './run.js';
import type { Finding, Outcome } from './verdict.js';

const WORDS: Readonly<Record<Outcome, string>> = { pass: 'pass', fail: 'FAIL', skipped: 'skip' };
const ID_WIDTH = Math.max(...CLAUSES.map(({ id }) => id.length));

/** One line of the table; a second and third where something is wrong. */
export function lineOf({ id, title, outcome, reason, proves, evidence, tookMs }: Finding): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(7);
  const lines = [`${WORDS[outcome]}  ${id.padEnd(ID_WIDTH)}  ${seconds}  ${title}`];
  if (outcome === 'skipped') lines.push(`        ${reason}`);
  if (outcome === 'fail') {
    lines.push(`        the contract: ${proves}`, `        but ${reason}`);
    if (evidence !== undefined) lines.push(`        seen: ${JSON.stringify(evidence).slice(0, 600)}`);
  }
  return lines.join('\n');
}

export function summaryOf({ clauses, tookMs, profile, device }: Report): string {
  const count = (outcome: Outcome) => clauses.filter((each) => each.outcome === outcome).length;
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skipped')];
  const who = device.model ? `${device.model} (${device.serial})` : 'no controller';
  const verdict = failed === 0 ? 'no clause failed' : `${failed} failed`;
  return `${who}, profile ${profile}: ${passed} passed, ${verdict}, ${skipped} skipped, in ${Math.round(tookMs / 1000)} s`;
}

export const holds = ({ clauses }: Report): boolean =>
  clauses.length > 0 && clauses.every(({ outcome }) => outcome !== 'fail');
