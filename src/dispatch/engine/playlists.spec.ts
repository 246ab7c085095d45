import { describe, expect, test } from '@jest/globals';
import { m3u8, xspf } from './playlists.js';

const play = (title: string) => ({
  startMs: Date.UTC(2026, 10, 20, 10),
  item: { title },
  audio: { sha256: 'a'.repeat(64), durationMs: 60_400 },
});
const urlOf = (sha256: string) => `https://vang.example.vn/assets/${sha256}?a=1&b=2`;

describe('playlists for players that know no plan', () => {
  test('an extended M3U has the instant, the whole seconds and the title of each', () => {
    expect(m3u8([play('Vay vốn')], urlOf)).toBe(
      `#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:2026-11-20T10:00:00.000Z\n#EXTINF:61,Vay vốn\n${urlOf('a'.repeat(64))}\n`,
    );
  });

  test('a list without plays is still a list', () => {
    expect(m3u8([], urlOf)).toBe('#EXTM3U\n');
    expect(xspf([], urlOf)).toContain('<trackList>\n  </trackList>');
  });

  test('XSPF says it in XML', () => {
    const text = xspf([play('Vay vốn')], urlOf);
    expect(text).toContain('<title>Vay vốn</title>');
    expect(text).toContain('<duration>60400</duration>');
    expect(text).toContain('?a=1&amp;b=2</location>');
  });

  test.each(['Tin\nhttp://evil.example/x.mp3', 'Tin\r\n#EXTINF:0,', 'a\u2028b', '<script>"&\'', '\u0000'])(
    'invariant 12: the title %j adds no line and no element',
    (title) => {
      expect(m3u8([play(title)], urlOf).split('\n')).toHaveLength(5);
      expect(
        xspf([play(title)], urlOf).match(
          /<(?!\/?(playlist|trackList|track|location|title|annotation|duration)\b|\?xml)/g,
        ),
      ).toBeNull();
    },
  );
});
