import { describe, expect, it } from '@jest/globals';
import { type Dispute, disputeOf, type LeaveRule, type RunFacts, whyRunStays, whySessionStays } from './rules.js';

const DAY_MS = 86_400_000;
const OLD = Date.parse('2026-01-05T09:00:00+07:00');
const receipt = { id: 'd.1.4', seq: 4, play: 'p4', leaf: 9, itemId: 'item-1', doubted: false };
const run: RunFacts = { boot: 1, first: 4, last: 5, receivedAtMs: OLD, receipts: [receipt] };
const rule: LeaveRule = { beforeMs: OLD + DAY_MS, openItems: new Set(['item-9']), coveredBelow: 10 };
const other = { boot: 1, first: 9, last: 9, play: 'p9' };

describe('a run of receipts', () => {
  it('leaves when its days are over and nothing speaks against it', () => {
    expect(whyRunStays(run, [other], rule)).toBeNull();
    expect(whyRunStays(run, [], { ...rule, beforeMs: OLD })).toBeNull();
  });

  it.each<[string, RunFacts, readonly Dispute[], LeaveRule]>([
    ['young', run, [], { ...rule, beforeMs: OLD - 1 }],
    ['young', run, [], { ...rule, beforeMs: null }],
    ['uncovered', { ...run, receipts: [receipt, { ...receipt, leaf: null }] }, [], rule],
    ['uncovered', run, [], { ...rule, coveredBelow: 9 }],
    ['planOpen', { ...run, receipts: [receipt, { ...receipt, itemId: 'item-9' }] }, [], rule],
    ['doubted', { ...run, receipts: [receipt, { ...receipt, doubted: true }] }, [], rule],
    ['uncounted', { ...run, receipts: [receipt, { ...receipt, itemId: null }] }, [], rule],
    ['uncounted', { ...run, receipts: [] }, [], rule],
    ['disputed', run, [{ ...other, first: 5, last: 5 }], rule],
    ['disputed', run, [{ ...other, first: 1, last: 4, play: null }], rule],
    ['disputed', run, [{ ...other, boot: 2, play: 'p4' }], rule],
  ])('stays: %s', (why, facts, disputes, order) => {
    expect(whyRunStays(facts, disputes, order)).toBe(why);
  });

  it('is not in dispute for numbers beside it, or for the same ones of another boot', () => {
    for (const numbers of [
      { first: 1, last: 3 },
      { first: 6, last: 6 },
    ])
      expect(whyRunStays(run, [{ ...other, ...numbers }], rule)).toBeNull();
    expect(whyRunStays(run, [{ ...other, boot: 2, first: 4, last: 4 }], rule)).toBeNull();
  });
});

describe('what quarantine claims', () => {
  it.each([
    ['a receipt', '{"boot":2,"seq":7,"play":"p"}', { boot: 2, first: 7, last: 7, play: 'p' }],
    [
      'a message',
      '{"boot":2,"first":7,"last":9,"receipts":["{\\"boot\\":1}"]}',
      { boot: 2, first: 7, last: 9, play: null },
    ],
    ['bytes that are no text', 'base64:AAAA', null],
    ['a word', '"boot"', null],
    ['nothing', 'null', null],
    ['numbers that are none', '{"boot":"2","seq":7}', null],
  ])('%s', (_, payload, claims) => {
    expect(disputeOf(payload)).toEqual(claims);
  });
});

describe('a session that was answered', () => {
  const session = { lastAnswerMs: OLD, itemIds: ['item-1'], contradicted: false };
  it('leaves when the days of its last answer are over', () => {
    expect(whySessionStays(session, rule)).toBeNull();
  });

  it.each([
    ['young', session, { ...rule, beforeMs: OLD - 1 }],
    ['young', session, { ...rule, beforeMs: null }],
    ['planOpen', { ...session, itemIds: ['item-1', 'item-9'] }, rule],
    ['disputed', { ...session, contradicted: true }, rule],
  ] as const)('stays: %s', (why, facts, order) => {
    expect(whySessionStays(facts, order)).toBe(why);
  });
});
