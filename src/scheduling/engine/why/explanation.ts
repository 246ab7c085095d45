import type { Breach, RuleSource } from '../rules/index.js';
import { SENTENCES, type WhyCode, type WhyFacts } from './sentences.js';
import type { Words } from './when.js';

/** What a reason rests on, for links. */
export interface Cites {
  readonly entryId?: string;
  readonly ruleSet?: Extract<RuleSource, { readonly kind: 'ruleSet' }>;
  /** Key of a clash. */
  readonly decision?: string;
  /** Id of an override. */
  readonly override?: string;
}

export interface ReasonOf<C extends WhyCode> extends Words {
  readonly code: C;
  readonly data: WhyFacts[C];
  readonly cites: Cites;
}
export type Reason = { [C in WhyCode]: ReasonOf<C> }[WhyCode];

export interface Explanation {
  /** Whether the plan has it in this minute. */
  readonly plays: boolean;
  /** Whether the loudspeaker will really sound it in this minute, all plays considered; null: a stream, which cannot be foreseen. */
  readonly sounds: boolean | null;
  /** Never empty; the most telling first. */
  readonly reasons: readonly Reason[];
}

export function reason<C extends WhyCode>(code: C, data: WhyFacts[C], zone: string, cites: Cites = {}): Reason {
  return { code, data, ...SENTENCES[code](data, zone), cites } as ReasonOf<C> as Reason;
}

export const citesOf = ({ source, passed }: Breach, entryId: string): Cites => ({
  entryId,
  ...(source.kind === 'ruleSet' ? { ruleSet: source } : {}),
  ...(passed?.by === 'override' ? { override: passed.override.id } : {}),
});
