import { describe, expect, test } from '@jest/globals';
import { captureArguments, streamArguments, streamUrl } from './arguments.js';

describe('the address of a stream', () => {
  test.each([
    ['http://stream.vov.vn/vov1', 'http://stream.vov.vn/vov1'],
    ['https://đài.vn:8443/kênh 1.m3u8?a=b', 'https://xn--i-rfa0m.vn:8443/k%C3%AAnh%201.m3u8?a=b'],
    // What follows is one argument, whatever it looks like.
    ['http://a.vn/$(reboot);-i /etc/passwd', 'http://a.vn/$(reboot);-i%20/etc/passwd'],
  ])('%s', (text, url) => expect(streamUrl(text)).toBe(url));

  test.each([
    'file:///etc/passwd',
    '/etc/passwd',
    '-i',
    'concat:http://a.vn|file:///etc/passwd',
    'rtmp://a.vn/live',
    'tcp://a.vn:22',
    'pipe:0',
    'data:audio/wav;base64,AAAA',
    'subfile,,start,0,end,9,,:/etc/passwd',
    'http://',
    '',
  ])('%j is refused', (text) => expect(() => streamArguments(text, 3_000)).toThrow(RangeError));
});

test('ffmpeg may speak HTTP and nothing else', () => {
  const args = streamArguments('http://a.vn/', 3_000);
  const allowed = args[args.indexOf('-protocol_whitelist') + 1]?.split(',');
  expect(allowed).toEqual(expect.arrayContaining(['http', 'https', 'tcp', 'tls']));
  for (const never of ['file', 'pipe', 'fd', 'concat', 'data', 'subfile', 'udp', 'rtmp', 'ftp', 'unix'])
    expect(allowed).not.toContain(never);
  expect(args.indexOf('-protocol_whitelist')).toBeLessThan(args.indexOf('-i'));
  expect(args.slice(args.indexOf('-rw_timeout'))[1]).toBe('3000000');
  expect(args.at(-1)).toBe('pipe:1');
});

test('a card is recorded in the form in which every sink takes sound', () => {
  expect(captureArguments('hw:1,0').join(' ')).toBe('-q -t raw -f S16_LE -r 48000 -c 1 --buffer-time=200000 -D hw:1,0');
});
