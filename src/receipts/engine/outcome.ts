import type { Outcome as Stated } from '../../../devices/protocol/index.js';

/** What a play came to, by all that is known of it. `unknown` is no statement of anybody: nothing turns silence into *not played*. */
export const PLAY_OUTCOMES = ['complete', 'partial', 'notPlayed', 'unknown'] as const;
export type PlayOutcomeName = (typeof PLAY_OUTCOMES)[number];

/** Each stronger than the one before, and never counted as a higher one. */
export const GRADES = ['sent', 'received', 'verified', 'started', 'completed', 'sensed', 'heard'] as const;
export type Grade = (typeof GRADES)[number];

/** What is known of one play of an item at a cluster. */
export interface Evidence {
  /** Does its plan still stand? `withdrawn`: taken out before its start. `none`: a command summoned it, or other content was told there. */
  readonly plan: 'standing' | 'withdrawn' | 'none';
  /** How far the device got with the plan that tells it. */
  readonly told: 'sent' | 'received' | 'verified';
  /** The outcome that its one final receipt states; `none`: no receipt has come. */
  readonly stated: Stated | 'none';
  /** Did sound begin (also of a partial play, of one that was only started)? */
  readonly sounded: boolean;
  /** The receipt states this item; `other`: the device followed what it was told before. */
  readonly content: 'same' | 'other';
  /** `doubted`: its key was revoked for a time in which this was signed. */
  readonly key: 'trusted' | 'doubted';
  /** Of a relay nobody verified what its source sent. */
  readonly source: 'stored' | 'relay';
  /** What a transmitter brought on the air is heard by nobody here (đưa tới máy phát). */
  readonly reach: 'horn' | 'transmitter';
  /** Whether the line to the loudspeaker carried a signal. */
  readonly line: 'signal' | 'silent' | 'notSensed';
  /** What the head of a hamlet says of the session. */
  readonly hamlet: 'heard' | 'unclear' | 'notHeard' | 'notAsked';
}

type Conditions = { readonly [Name in keyof Evidence]?: Evidence[Name] | readonly Evidence[Name][] };

/** `null`: nothing was owed and nothing was heard, the play counts nowhere. */
type Rule = {
  readonly when: Conditions;
  readonly outcome: PlayOutcomeName | null;
  /** Why it is no better; words in `REMARKS`. */
  readonly remark?: Remark;
};

/** Why a play came to no more, in words. What the device itself states as its cause has its words in the device contract. */
export const REMARKS = {
  keyDoubted: {
    vi: 'khóa của thiết bị đã bị thu hồi cho thời gian này',
    en: 'The device’s key was revoked for a time in which it signed this.',
  },
  noReceipt: { vi: 'chưa có xác nhận phát', en: 'No receipt has come yet.' },
  otherContent: {
    vi: 'thiết bị đã phát nội dung được giao trước đó',
    en: 'The device followed what it was told before, which was other content.',
  },
  withdrawn: { vi: 'đã được rút khỏi lịch trước khi phát', en: 'It was taken out of the plan before it sounded.' },
  lineSilent: { vi: 'đường ra loa không có tín hiệu', en: 'The line to the loudspeaker carried no signal.' },
  relayUnverified: { vi: 'tiếp sóng: nội dung không được xác minh', en: 'A relay: nobody verified its content.' },
  toTransmitter: { vi: 'chỉ chứng minh đưa tới máy phát', en: 'It proves that the transmitter had it, no more.' },
} as const satisfies Readonly<Record<string, { readonly vi: string; readonly en: string }>>;
export type Remark = keyof typeof REMARKS;

/** The first rule that fits decides. The page docs/outcomes.md is made of this table. */
export const OUTCOME_RULES: readonly Rule[] = [
  { when: { key: 'doubted', plan: 'standing' }, outcome: 'unknown', remark: 'keyDoubted' },
  { when: { key: 'doubted' }, outcome: null, remark: 'keyDoubted' },
  { when: { stated: 'none', plan: 'standing' }, outcome: 'unknown', remark: 'noReceipt' },
  { when: { stated: 'none' }, outcome: null },
  { when: { content: 'other', plan: 'standing' }, outcome: 'notPlayed', remark: 'otherContent' },
  { when: { content: 'other' }, outcome: null },
  { when: { stated: 'notPlayed', plan: 'standing' }, outcome: 'notPlayed' },
  { when: { stated: 'notPlayed' }, outcome: null, remark: 'withdrawn' },
  { when: { stated: 'partial' }, outcome: 'partial' },
  { when: { stated: 'complete', line: 'silent' }, outcome: 'partial', remark: 'lineSilent' },
  { when: { stated: 'complete', source: 'relay' }, outcome: 'partial', remark: 'relayUnverified' },
  { when: { stated: 'complete', reach: 'transmitter' }, outcome: 'partial', remark: 'toTransmitter' },
  { when: { stated: 'complete' }, outcome: 'complete' },
];

type GradeRule = { readonly when: Conditions; readonly grade: Grade };

/** The first that fits. A head's word without a play that proves itself raises nothing: it is a contradiction to be looked at. */
export const GRADE_RULES: readonly GradeRule[] = [
  { when: { key: 'doubted', told: 'verified' }, grade: 'verified' },
  { when: { key: 'doubted', told: 'received' }, grade: 'received' },
  { when: { key: 'doubted' }, grade: 'sent' },
  {
    when: { stated: 'complete', content: 'same', source: 'stored', line: ['signal', 'notSensed'], hamlet: 'heard' },
    grade: 'heard',
  },
  { when: { stated: 'complete', content: 'same', line: 'signal' }, grade: 'sensed' },
  { when: { stated: 'complete', content: 'same' }, grade: 'completed' },
  { when: { sounded: true, content: 'same' }, grade: 'started' },
  { when: { told: 'verified' }, grade: 'verified' },
  { when: { told: 'received' }, grade: 'received' },
  { when: {}, grade: 'sent' },
];

export interface Judgement {
  readonly outcome: PlayOutcomeName | null;
  readonly grade: Grade;
  readonly remark: Remark | null;
}

/** Present outcome of a play by its evidence; pure, and later evidence may lower it as well as raise it. */
export function outcomeBy(evidence: Evidence): Judgement {
  const rule = OUTCOME_RULES.find(({ when }) => fits(when, evidence));
  const grade = GRADE_RULES.find(({ when }) => fits(when, evidence));
  return { outcome: rule?.outcome ?? null, grade: grade?.grade ?? 'sent', remark: rule?.remark ?? null };
}

function fits(when: Conditions, evidence: Evidence): boolean {
  for (const name in when) {
    const wanted = when[name as keyof Evidence];
    const is = evidence[name as keyof Evidence];
    if (Array.isArray(wanted) ? !wanted.includes(is) : wanted !== is) return false;
  }
  return true;
}

/** Every combination of evidence that can occur, for specs and for the page. */
export const EVIDENCE_VALUES: { readonly [Name in keyof Evidence]: readonly Evidence[Name][] } = {
  plan: ['standing', 'withdrawn', 'none'],
  told: ['sent', 'received', 'verified'],
  stated: ['none', 'notPlayed', 'partial', 'complete'],
  sounded: [false, true],
  content: ['same', 'other'],
  key: ['trusted', 'doubted'],
  source: ['stored', 'relay'],
  reach: ['horn', 'transmitter'],
  line: ['signal', 'silent', 'notSensed'],
  hamlet: ['heard', 'unclear', 'notHeard', 'notAsked'],
};
