import { describe, expect, it } from '@jest/globals';
import { attempted, type Draft, EMPTY_DRAFT, hasContent, parseDraft, slotOf } from './draft.js';

const file = {
  n: 'f1',
  from: 'recorded',
  fileName: 'ghi-am-1.webm',
  bytes: 12,
  durationMs: 3_000,
  sentId: null,
} as const;
const draft: Draft = { ...EMPTY_DRAFT, text: 'Ngày mai cúp điện.', files: [file] };
const keys = () => {
  let n = 0;
  return () => `key-${++n}`;
};

describe('the key of a request', () => {
  it('stays while the same content is sent again, also when its files arrived in between', () => {
    const newKey = keys();
    const first = attempted(draft, newKey);
    const again = attempted({ ...first, files: [{ ...file, sentId: 'there' }] }, newKey);
    expect([first.attempt.key, again.attempt.key]).toEqual(['key-1', 'key-1']);
  });

  it.each([
    ['other words', { text: 'Ngày kia cúp điện.' }],
    ['urgent', { urgent: true }],
    ['another recording', { files: [{ ...file, n: 'f2' }] }],
  ])('is another one for other content: %s', (_, change) => {
    const newKey = keys();
    expect(attempted({ ...attempted(draft, newKey), ...change }, newKey).attempt.key).toBe('key-2');
  });
});

describe('what is kept in the browser', () => {
  it('comes back as it was', () => {
    const kept = attempted(draft, keys());
    expect(parseDraft(JSON.stringify(kept))).toEqual(kept);
  });

  it.each([null, '', 'null', '[]', '7', '{"text":7,"files":[null,{"n":1}],"attempt":{"key":1}}'])(
    '%p is no draft of ours and begins anew',
    (kept) => expect(parseDraft(kept)).toEqual(EMPTY_DRAFT),
  );

  it('stands apart for each link and does not hold its address', () => {
    const token = 'A'.repeat(43);
    expect(slotOf(token)).not.toBe(slotOf(`${token.slice(1)}B`));
    expect(slotOf(token)).not.toContain(token.slice(0, 8));
  });

  it('there is nothing to send without words or files', () => {
    expect(hasContent({ ...EMPTY_DRAFT, text: ' \n', title: 'Cúp điện' })).toBe(false);
    expect(hasContent(draft)).toBe(true);
  });
});
