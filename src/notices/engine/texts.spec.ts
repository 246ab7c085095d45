import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { composeMail, composePush, type LetterParts, localTime } from './letters.js';
import { cut, fill, isInnerLink, oneLine, placeholders, tidyParameters } from './texts.js';

describe('texts of notices', () => {
  it('parameters fill their places once; a value that looks like a place stays what it is', () => {
    const text = { title: '{title} chờ duyệt', body: '{author} gửi «{title}», lần {n}.' };
    expect(placeholders(text)).toEqual(['author', 'n', 'title']);
    expect(fill(text, { title: '{author}', author: '$& {n}', n: 2 })).toEqual({
      title: '{author} chờ duyệt',
      body: '$& {n} gửi «{author}», lần 2.',
    });
  });

  it('what a person typed becomes one line, and no longer than a title', () => {
    const { title } = tidyParameters({ title: `Lịch\r\nBcc: ai@do.vn\u2028 tiêm\t chủng${'ố'.repeat(500)}` });
    expect(title).toMatch(/^Lịch Bcc: ai@do\.vn tiêm chủngố+…$/);
    expect([...String(title)]).toHaveLength(200);
    expect(oneLine('đã\u202eduyệt\u2066')).toBe('đãduyệt');
    expect(cut('🙂🙂🙂', 2)).toBe('🙂…');
  });

  it('nothing that can be typed makes a second line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const { title, body } = fill({ title: '{x}', body: 'a {x} b' }, tidyParameters({ x: typed }));
        expect(title + body).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  it.each([
    ['/duyet?item=01k&n=2', true],
    ['/', true],
    ['//ke-gian.vn/duyet', false],
    ['/\\ke-gian.vn', false],
    ['https://ke-gian.vn/', false],
    ['javascript:alert(1)', false],
    ['duyet', false],
    ['/duyet\r\nBcc: x', false],
    ['/duyệt', false],
    [`/${'a'.repeat(500)}`, false],
  ])('link %j: %s', (link, inner) => {
    expect(isInnerLink(link)).toBe(inner);
  });
});

describe('letters', () => {
  const parts: LetterParts = {
    text: { title: 'Bài chờ duyệt', body: 'Chị Hoa gửi bài.' },
    language: 'vi',
    round: 0,
    dueAtMs: Date.parse('2026-03-02T18:30:00Z'),
    demo: false,
  };

  it('a mail: title, body, the local time of the deadline, and the whole address', () => {
    expect(composeMail(parts, 'https://vang.xa.gov.vn/duyet?item=1')).toEqual({
      subject: 'Bài chờ duyệt',
      text: [
        'Bài chờ duyệt',
        '',
        'Chị Hoa gửi bài.',
        '',
        'Hạn: 03/03/2026 01:30',
        '',
        'Mở trong hệ thống (cần đăng nhập):',
        'https://vang.xa.gov.vn/duyet?item=1',
        '',
        '--',
        'Thư tự động, không trả lời. Tắt thư hoặc đổi địa chỉ trong mục Thông báo.',
        '',
      ].join('\n'),
    });
  });

  it('a reminder says so, and so does a demonstration (invariant 13)', () => {
    expect(composeMail({ ...parts, round: 2 }, '').subject).toBe('Nhắc lại: Bài chờ duyệt');
    expect(composeMail({ ...parts, round: 2, language: 'en', demo: true }, '').subject).toBe(
      '[DEMO] Reminder: Bài chờ duyệt',
    );
  });

  it('a push holds title, body and link, and the longest fits what a push service takes', () => {
    expect(JSON.parse(composePush(parts, '/duyet'))).toEqual({
      title: 'Bài chờ duyệt',
      body: 'Chị Hoa gửi bài.',
      link: '/duyet',
    });
    const longest = fill({ title: '{x}'.repeat(9), body: '{x}'.repeat(9) }, { x: 'ệ'.repeat(200) });
    const payload = composePush({ ...parts, text: longest, round: 1, demo: true }, `/${'a'.repeat(499)}`);
    // RFC 8291 §4: 4096 bytes with header, padding mark and tag leave 3993.
    expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(3_993);
  });

  it('local time', () => {
    expect(localTime(Date.parse('2026-12-31T17:00:00Z'))).toBe('01/01/2027 00:00');
  });
});
