import { describe, expect, it } from '@jest/globals';
import type { Item, Version, Waiting } from './api.js';
import {
  apart,
  hashesOf,
  heardWhole,
  isCorrectable,
  itemOfLink,
  mustBeHeard,
  sentenceAt,
  versionToShow,
  waveOf,
} from './steps.js';

const person = { id: 'p', name: 'Hoa' };
const version = (changes: Partial<Version> = {}): Version => ({
  n: 1,
  text: 'Kính thưa bà con!',
  textSha256: 't',
  contentSha256: null,
  metadata: { title: 'Bài', sourceOffice: '', sponsor: '', thirdParty: null },
  content: null,
  author: person,
  correctedBy: null,
  speakerName: null,
  status: 'pending',
  statusReason: null,
  submittedBy: person,
  submittedAtMs: 0,
  approver: null,
  decidedAtMs: null,
  airedByName: null,
  reviewDueAtMs: null,
  audio: {
    state: 'ready',
    problem: null,
    sha256: 'a',
    durationMs: 4_000,
    sound: null,
    spoken: null,
    peaks: null,
    uploaded: false,
  },
  ...changes,
});
const item = (versions: readonly Version[]): Item => ({
  id: 'i',
  kind: 'script',
  language: 'vi',
  requestId: null,
  currentVersion: versions.length,
  versions,
});
const waiting = (changes: Partial<Waiting> = {}): Waiting => ({
  itemId: 'i',
  version: 1,
  kind: 'script',
  title: 'Bài',
  status: 'pending',
  author: person,
  correctedBy: null,
  submittedBy: null,
  submittedAtMs: null,
  airedByName: null,
  dueAtMs: null,
  requestId: null,
  thirdParty: null,
  audioState: 'ready',
  audioDurationMs: null,
  textSha256: 't',
  audioSha256: 'a',
  contentSha256: null,
  mustBeHeard: false,
  onBehalfOf: null,
  ...changes,
});

describe('the version that is shown', () => {
  const both = item([version({ n: 1, status: 'provisional' }), version({ n: 2 })]);

  it('is the one that waits for me, of two the newer', () => {
    expect(versionToShow(both, [waiting({ version: 1 })])?.version.n).toBe(1);
    expect(versionToShow(both, [waiting({ version: 1 }), waiting({ version: 2 })])?.version.n).toBe(2);
  });

  it('is the newest, only to be read, when nothing of it waits for me', () => {
    const shown = versionToShow(both, [waiting({ itemId: 'another' })]);
    expect([shown?.version.n, shown?.mine]).toEqual([2, null]);
  });

  it('is approved as it was seen', () =>
    expect(hashesOf(version())).toEqual({ textSha256: 't', audioSha256: 'a', contentSha256: null }));
});

describe('what needs a look of its own', () => {
  it.each([
    [{}, null],
    [{ thirdParty: 'charity' }, 'checklist'],
    [{ mustBeHeard: true }, 'listen'],
    [{ audioState: 'rendering' }, 'sound'],
    [{ audioState: 'none', audioSha256: null }, null],
  ] as const)('%j: %p', (changes, reason) => expect(apart(waiting(changes))).toBe(reason));

  it('corrected words must be heard; what has no sound cannot be', () => {
    expect(mustBeHeard(version())).toBe(false);
    expect(mustBeHeard(version({ correctedBy: person }))).toBe(true);
    expect(mustBeHeard(version({ correctedBy: person, audio: { ...version().audio, sha256: null } }))).toBe(false);
  });

  it('what a person read aloud takes no other words', () => {
    expect(isCorrectable('script', version())).toBe(true);
    expect(isCorrectable('script', version({ audio: { ...version().audio, uploaded: true } }))).toBe(false);
    expect(isCorrectable('recording', version())).toBe(false);
    expect(isCorrectable('picture', version({ text: null, textSha256: null }))).toBe(false);
  });
});

describe('listening', () => {
  it('is whole when all parts were played, in any order; a jump to the end is not', () => {
    expect(heardWhole([[0, 29.2]], 30)).toBe(true);
    expect(
      heardWhole(
        [
          [0, 12],
          [12.4, 30],
        ],
        30,
      ),
    ).toBe(true);
    expect(
      heardWhole(
        [
          [0, 2],
          [28, 30],
        ],
        30,
      ),
    ).toBe(false);
  });

  it('of a short sound more than most must be heard, and of an unknown length nothing is', () => {
    expect(heardWhole([[0, 0.3]], 1.2)).toBe(false);
    expect(heardWhole([[0, 1]], 1.2)).toBe(true);
    expect(heardWhole([[0, 10]], Number.NaN)).toBe(false);
  });

  it('marks the sentence that sounds, with the silence in front taken off', () => {
    const sentences = [
      { said: 'Một.', startMs: 500, endMs: 1_500 },
      { said: 'Hai.', startMs: 2_000, endMs: 3_000 },
    ];
    expect([0, 1_000, 1_200, 1_600, 2_600].map((ms) => sentenceAt(sentences, ms, 400))).toEqual([-1, 0, -1, 1, -1]);
    expect(sentenceAt(sentences, 500, 0)).toBe(0);
  });

  it('draws each peak around the middle, and quiet ones too', () => {
    expect(waveOf([100, 0])).toBe('M250.00 0.0V100.0M750.00 49.0V51.0');
    expect(waveOf([])).toBe('');
  });
});

describe('the link of a notice', () => {
  it.each([
    ['/duyet?item=abc', 'abc'],
    ['/duyet', null],
    ['/noi-dung?item=abc', null],
    ['//evil.example/duyet?item=abc', null],
    ['https://evil.example/duyet?item=abc', null],
  ])('%p opens %p', (link, expected) => expect(itemOfLink(link, 'http://dai.vn')).toBe(expected));
});
