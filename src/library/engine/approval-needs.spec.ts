import { describe, expect, it } from '@jest/globals';
import {
  checklistHolds,
  isCorrectable,
  lackOf,
  languageOf,
  mustBeHeard,
  mustBeReviewed,
  sameHashes,
} from './approval-needs.js';
import { ITEM_KINDS, type ItemContent } from './kinds.js';

const relay: ItemContent = { kind: 'relay', streamUrl: 'https://vov.vn/live' };
const picture: ItemContent = {
  kind: 'picture',
  sha256: 'a',
  type: 'image/png',
  bytes: 1,
  fileName: 'a.png',
  width: 1,
  height: 1,
  durationMs: null,
};
const nothing = { audioState: 'none', text: null, content: null } as const;

describe('what a version needs before it is approved', () => {
  it.each(['script', 'notice', 'recording'] as const)('%s: its sound, whatever else it has', (kind) => {
    for (const audioState of ['none', 'rendering', 'failed'] as const)
      expect(lackOf(kind, { audioState, text: 'Kính thưa', content: relay })).toBe('audio');
    expect(lackOf(kind, { ...nothing, audioState: 'ready' })).toBeNull();
  });

  it('relay, picture, video, board text: their own content, and no sound', () => {
    expect(ITEM_KINDS.map((kind) => [kind, lackOf(kind, nothing)])).toEqual([
      ['script', 'audio'],
      ['recording', 'audio'],
      ['relay', 'stream'],
      ['notice', 'audio'],
      ['picture', 'file'],
      ['video', 'file'],
      ['boardText', 'text'],
    ]);
    expect(lackOf('relay', { ...nothing, content: relay })).toBeNull();
    expect(lackOf('picture', { ...nothing, content: picture })).toBeNull();
    expect(lackOf('video', { ...nothing, content: picture })).toBe('file');
    expect(lackOf('boardText', { ...nothing, text: 'Họp thôn' })).toBeNull();
  });

  it('all three hashes are those that were seen', () => {
    const seen = { textSha256: 'a', audioSha256: null, contentSha256: 'c' };
    expect(sameHashes(seen, { ...seen })).toBe(true);
    for (const change of [{ textSha256: null }, { audioSha256: 'b' }, { contentSha256: null }])
      expect(sameHashes(seen, { ...seen, ...change })).toBe(false);
  });

  it('a notice of a third party: every point of the checklist', () => {
    const whole = { senderVerified: true, noAdvertising: true, categoryRight: true };
    expect(checklistHolds(null, null)).toBe(true);
    expect(checklistHolds('charity', whole)).toBe(true);
    expect(checklistHolds('charity', null)).toBe(false);
    for (const point of Object.keys(whole))
      expect(checklistHolds('recruitment', { ...whole, [point]: false })).toBe(false);
  });

  it('corrected words are heard, where they sound', () => {
    expect(mustBeHeard({ correctedById: 'nam', audioSha256: 'a' })).toBe(true);
    expect(mustBeHeard({ correctedById: 'nam', audioSha256: null })).toBe(false);
    expect(mustBeHeard({ correctedById: null, audioSha256: 'a' })).toBe(false);
  });

  it('a recording is reviewed where no voice speaks its language', () => {
    const recording = { uploadSha256: 'u', audioSha256: 'a' };
    expect(mustBeReviewed(recording, false)).toBe(true);
    expect(mustBeReviewed(recording, true)).toBe(false);
    expect(mustBeReviewed({ ...recording, uploadSha256: null }, false)).toBe(false);
    expect([languageOf('mnn'), languageOf('vi-VN')]).toEqual(['mnn', 'vi']);
  });

  it('words read aloud by a person are not corrected; those of the machine and of boards are', () => {
    const [spoken, read] = [{ uploadSha256: null }, { uploadSha256: 'u' }];
    expect(isCorrectable('script', spoken)).toBe(true);
    expect(isCorrectable('notice', spoken)).toBe(true);
    expect(isCorrectable('boardText', spoken)).toBe(true);
    expect(isCorrectable('script', read)).toBe(false);
    expect(isCorrectable('recording', read)).toBe(false);
    expect(isCorrectable('recording', spoken)).toBe(false);
  });
});
