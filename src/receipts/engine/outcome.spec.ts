import { describe, expect, it } from '@jest/globals';
import { EVIDENCE_VALUES, type Evidence, GRADE_RULES, OUTCOME_RULES, outcomeBy } from './outcome.js';

const PLAYED: Evidence = {
  ...{ plan: 'standing', told: 'verified', stated: 'complete', sounded: true, content: 'same', key: 'trusted' },
  ...{ source: 'stored', reach: 'horn', line: 'notSensed', hamlet: 'notAsked' },
};
const SILENT: Evidence = { ...PLAYED, stated: 'none', sounded: false };

function* everyEvidence(): Generator<Evidence> {
  const names = Object.keys(EVIDENCE_VALUES) as (keyof Evidence)[];
  const make = function* (at: number, some: Partial<Evidence>): Generator<Evidence> {
    const name = names[at];
    if (name === undefined) return yield some as Evidence;
    for (const value of EVIDENCE_VALUES[name]) yield* make(at + 1, { ...some, [name]: value });
  };
  yield* make(0, {});
}

describe('what a play came to, by all that is known of it', () => {
  it.each<[string, Evidence, ReturnType<typeof outcomeBy>]>([
    ['played whole', PLAYED, { outcome: 'complete', grade: 'completed', remark: null }],
    [
      'and the line carried a signal',
      { ...PLAYED, line: 'signal' },
      { outcome: 'complete', grade: 'sensed', remark: null },
    ],
    [
      'and the head of the hamlet heard it',
      { ...PLAYED, hamlet: 'heard' },
      { outcome: 'complete', grade: 'heard', remark: null },
    ],
    [
      'the head heard it badly: no more than completed',
      { ...PLAYED, hamlet: 'unclear' },
      { outcome: 'complete', grade: 'completed', remark: null },
    ],
    ['a silent line', { ...PLAYED, line: 'silent' }, { outcome: 'partial', grade: 'completed', remark: 'lineSilent' }],
    [
      'nothing heard of it, the device had all it needs',
      SILENT,
      { outcome: 'unknown', grade: 'verified', remark: 'noReceipt' },
    ],
    [
      'the head’s word without a receipt proves nothing',
      { ...SILENT, hamlet: 'heard' },
      { outcome: 'unknown', grade: 'verified', remark: 'noReceipt' },
    ],
    ['cut short', { ...PLAYED, stated: 'partial' }, { outcome: 'partial', grade: 'started', remark: null }],
    [
      'stated as not played',
      { ...PLAYED, stated: 'notPlayed', sounded: false },
      { outcome: 'notPlayed', grade: 'verified', remark: null },
    ],
    [
      'its key was revoked for that time',
      { ...PLAYED, key: 'doubted' },
      { outcome: 'unknown', grade: 'verified', remark: 'keyDoubted' },
    ],
  ])('%s', (_what, evidence, expected) => {
    expect(outcomeBy(evidence)).toEqual(expected);
  });

  it('no evidence but the device’s own statement makes "not played", and none at all makes "complete"', () => {
    for (const evidence of everyEvidence()) {
      const { outcome } = outcomeBy(evidence);
      if (outcome === 'notPlayed') expect(evidence.stated === 'notPlayed' || evidence.content === 'other').toBe(true);
      if (outcome === 'notPlayed' || outcome === 'complete') expect(evidence).not.toMatchObject({ stated: 'none' });
      if (outcome === 'complete')
        expect(evidence).toMatchObject({ stated: 'complete', key: 'trusted', content: 'same' });
    }
  });

  it('what stands in the plan always comes to something', () => {
    for (const evidence of everyEvidence())
      if (evidence.plan === 'standing') expect(outcomeBy(evidence).outcome).not.toBeNull();
  });

  it('every rule decides something', () => {
    const found = new Set<unknown>();
    const fits = (when: object, evidence: object) =>
      Object.entries(when).every(([name, wanted]) => [wanted].flat().includes(evidence[name as keyof typeof evidence]));
    for (const evidence of everyEvidence()) {
      found.add(OUTCOME_RULES.find(({ when }) => fits(when, evidence)));
      found.add(GRADE_RULES.find(({ when }) => fits(when, evidence)));
    }
    expect(found.size).toBe(OUTCOME_RULES.length + GRADE_RULES.length);
  });
});
