import type { PlannedPlay } from '../../../devices/protocol/index.js';

type Listed = Pick<PlannedPlay, 'startMs'> & {
  readonly item: Pick<PlannedPlay['item'], 'title'>;
  readonly audio: Pick<PlannedPlay['audio'], 'sha256' | 'durationMs'>;
};

/** An extended M3U in UTF-8 for players that know no plan: what they do with the times is theirs. */
export function m3u8(plays: readonly Listed[], urlOf: (sha256: string) => string): string {
  const lines = plays.flatMap(({ startMs, item, audio }) => [
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(startMs).toISOString()}`,
    `#EXTINF:${Math.ceil(audio.durationMs / 1_000)},${oneLine(item.title)}`,
    urlOf(audio.sha256),
  ]);
  return `${['#EXTM3U', ...lines].join('\n')}\n`;
}

/** XSPF 1. */
export function xspf(plays: readonly Listed[], urlOf: (sha256: string) => string): string {
  const tracks = plays.map(({ startMs, item, audio }) =>
    [
      '    <track>',
      `      <location>${escaped(urlOf(audio.sha256))}</location>`,
      `      <title>${escaped(oneLine(item.title))}</title>`,
      `      <annotation>${new Date(startMs).toISOString()}</annotation>`,
      `      <duration>${audio.durationMs}</duration>`,
      '    </track>',
    ].join('\n'),
  );
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<playlist version="1" xmlns="http://xspf.org/ns/0/">\n  <trackList>';
  return `${[head, ...tracks, '  </trackList>\n</playlist>'].join('\n')}\n`;
}

/** A title is one line of a list, whatever somebody pasted into it; XML knows no control letters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to go
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
