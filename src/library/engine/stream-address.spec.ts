import { expect, it } from '@jest/globals';
import { streamAddress } from './stream-address.js';

it.each([
  [' https://stream.vov.vn/vov1#now ', 'https://stream.vov.vn/vov1'],
  ['http://stream.vov.vn:8000/vov1?bitrate=64', 'http://stream.vov.vn:8000/vov1?bitrate=64'],
  // The devices of a commune open it, on the commune's own network; the service never does.
  ['http://192.168.1.10:8000/live', 'http://192.168.1.10:8000/live'],
  ['http://[fd00::1]/live', 'http://[fd00::1]/live'],
  // As long as a plan carries it.
  [`https://vov.vn/${'x'.repeat(485)}`, `https://vov.vn/${'x'.repeat(485)}`],
])('%s may be relayed', (raw, kept) => expect(streamAddress(raw)).toBe(kept));

it.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:audio/mpeg;base64,AAAA',
  'rtsp://192.168.1.10/live',
  'ftp://vov.vn/a.mp3',
  'https://hoa:mat-khau@vov.vn/live',
  'https://token@vov.vn/live',
  'https://',
  'vov.vn/live',
  '',
  `https://vov.vn/${'x'.repeat(486)}`,
  // Written out, each letter with a mark is six.
  `https://vov.vn/${'ế'.repeat(100)}`,
])('%s is refused', (raw) => expect(streamAddress(raw)).toBeNull());
