import type { Breach } from '../rules/index.js';
import type { Remark } from './timeline.types.js';

type OfRules = Extract<Remark, { readonly breach: Breach }>;

/** Of a breach that does not silence the play. */
export const remarkOf = (breach: Breach, play: string): OfRules => ({
  code: breach.passed ? 'rulePassed' : 'volumeLowered',
  play,
  breach,
});

export const isOfRules = (remark: Remark): remark is OfRules => 'breach' in remark;

/** Two remarks with one key say the same. */
export function keyOfRemark(remark: Remark): string {
  switch (remark.code) {
    case 'slotOverrun':
      return `${remark.occurrence} ${remark.code} ${remark.endMs} ${remark.byMs}`;
    case 'languageMissing':
      return `${remark.play} ${remark.code} ${remark.language}`;
    default:
      return `${remark.play} ${remark.code} ${keyOfBreach(remark.breach)}`;
  }
}

/** A total order. */
export function bySubject(a: Remark, b: Remark): number {
  const [ofA, ofB] = [subjectOf(a), subjectOf(b)];
  return compare(ofA, ofB) || compare(keyOfRemark(a), keyOfRemark(b));
}

const subjectOf = (remark: Remark): string => (remark.code === 'slotOverrun' ? remark.occurrence : remark.play);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of one play. */
export const keyOfBreach = ({ code, source }: Breach): string =>
  `${code} ${source.kind === 'ruleSet' ? source.id : source.year}`;
