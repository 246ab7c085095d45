import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpSpeechDriver, type HttpSpeechSettings } from './http.driver.js';
import { writeWav } from './wav.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const SECRET = 'Bearer s3cret-key';
const VOICES = [
  { id: 'lan', language: 'vi', name: 'Lan', accent: 'south' },
  { id: 'sok', language: 'km', name: 'Sok' },
] as const;
const SECOND = writeWav({ samples: new Int16Array(16_000).fill(1000), sampleRate: 16_000 });

let server: Server | undefined;
let asked: { url: string; headers: IncomingMessage['headers']; body: unknown }[] = [];

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  server = undefined;
  asked = [];
});

async function service(answer: Answer, settings: Partial<HttpSpeechSettings> = {}): Promise<HttpSpeechDriver> {
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString() || 'null');
    asked.push({ url: request.url ?? '', headers: request.headers, body });
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/say/{language}?voice={voice}`;
  return new HttpSpeechDriver({ url, headers: { authorization: SECRET }, voices: VOICES, ...settings });
}

const wav =
  (bytes: Uint8Array, type = 'audio/wav'): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
const say = { text: 'xin chào', language: 'vi' } as const;

describe('a speech service', () => {
  test('is asked with text, language, voice, rate and its secret', async () => {
    const driver = await service(wav(SECOND));
    const spoken = await driver.speak({ ...say, rate: 0.1 });
    expect(spoken).toMatchObject({ sampleRate: 16_000, durationMs: 1000 });
    expect(asked).toMatchObject([
      {
        url: '/say/vi?voice=lan',
        headers: { authorization: SECRET, 'content-type': 'application/json' },
        body: { text: 'xin chào', language: 'vi', voice: 'lan', rate: 0.5 },
      },
    ]);
  });
  test('may answer in stereo: it is mixed', async () => {
    const stereo = Buffer.from(SECOND);
    stereo.writeUInt16LE(2, 22);
    const driver = await service(wav(stereo, 'audio/x-wav; rate=16000'));
    const { wav: mono, durationMs } = await driver.speak(say);
    expect(durationMs).toBe(500);
    expect(Buffer.from(mono).readUInt16LE(22)).toBe(1);
  });
  test('is given no markup', async () => {
    const driver = await service(wav(SECOND));
    await driver.speak({ ...say, text: '<speak><audio src="http://x/y.mp3"/>xin [[a]] \u0000\u202e chào</speak>' });
    expect(asked[0]?.body).toMatchObject({ text: expect.not.stringMatching(/[<>[\]\0\u202e]/) });
  });
  test('speaks only the languages of its voices', async () => {
    const driver = await service(wav(SECOND));
    const refused = { code: 'speech.languageUnsupported' };
    await expect(driver.speak({ text: 'hello', language: 'en' })).rejects.toMatchObject(refused);
    await expect(driver.speak({ ...say, voice: 'sok' })).rejects.toMatchObject(refused);
    expect(driver.languages).toEqual(['vi', 'km']);
    expect(asked).toHaveLength(0);
  });
});

describe('a service that fails is speech.failed', () => {
  const elsewhere: Answer = (response) => response.writeHead(307, { location: '/other' }).end();
  test.each<[string, Answer, RegExp]>([
    ['500', (response) => response.writeHead(500, { 'content-type': 'audio/wav' }).end(SECOND), /500/],
    ['a page', wav(Buffer.from('<html>'), 'text/html'), /text\/html/],
    ['no type', (response) => response.writeHead(200).end(SECOND), /no type/],
    ['MP3 called WAV', wav(Buffer.from('ID3\x04\0\0\0\0\0\0')), /no WAV/],
    ['nothing', wav(Buffer.alloc(0)), /no WAV/],
    ['a WAV that is cut off', wav(SECOND.subarray(0, 9000)), /lacks/],
    ['a redirect', elsewhere, /redirect/],
    ['a hang-up', (response) => response.destroy(), /.+/],
    [
      'a hang-up in the middle',
      (response) => {
        response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': SECOND.length });
        response.write(SECOND.subarray(0, 9000), () => response.destroy());
      },
      /.+/,
    ],
  ])('%s', async (_, answer, detail) => {
    const driver = await service(answer);
    const failure: unknown = await driver.speak(say).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'speech.failed', detail: expect.stringMatching(detail) });
    expect(String(failure)).not.toContain('s3cret');
    expect(asked).toHaveLength(1);
  });

  test('an answer that never ends is cut at its size', async () => {
    const driver = await service(
      (response) => {
        response.writeHead(200, { 'content-type': 'audio/wav' });
        const more = () => response.write(Buffer.alloc(65_536), (error) => error ?? more());
        more();
      },
      { maxBytes: 1_000_000 },
    );
    await expect(driver.speak(say)).rejects.toMatchObject({ detail: 'an answer of over 1000000 bytes' });
  });

  test.each<[string, Answer]>([
    ['never answers', () => {}],
    [
      'stops in the middle',
      (response) => response.writeHead(200, { 'content-type': 'audio/wav' }).write(SECOND.subarray(0, 99)),
    ],
  ])('one that %s is given up after its time', async (_, answer) => {
    const driver = await service(answer, { timeoutMs: 100 });
    await expect(driver.speak(say)).rejects.toMatchObject({
      code: 'speech.failed',
      detail: expect.stringMatching(/over 100 ms/),
    });
  });

  test('nobody there', async () => {
    const driver = await service(wav(SECOND));
    server?.closeAllConnections();
    await new Promise((closed) => server?.close(closed));
    await expect(driver.speak(say)).rejects.toMatchObject({ detail: expect.stringMatching(/ECONNREFUSED/) });
    server = undefined;
  });
});

test('an abort ends the request with its reason, closing with speech.failed; both leave the others alone', async () => {
  const stop = new AbortController();
  const held: ServerResponse[] = [];
  const driver = await service((response) => {
    held.push(response);
    if (held.length === 2) stop.abort(new Error('no longer wanted'));
  });
  const other = driver.speak(say);
  while (asked.length === 0) await new Promise((soon) => setImmediate(soon));
  await expect(driver.speak({ ...say, signal: stop.signal })).rejects.toThrow('no longer wanted');
  held[0]?.writeHead(200, { 'content-type': 'audio/wav' }).end(SECOND);
  expect((await other).durationMs).toBe(1000);
  const last = expect(driver.speak(say)).rejects.toMatchObject({ code: 'speech.failed' });
  while (asked.length < 3) await new Promise((soon) => setImmediate(soon));
  await driver.close();
  await last;
  await expect(driver.speak(say)).rejects.toMatchObject({ code: 'speech.failed' });
});

describe('settings that can never work are refused at the start, without showing the secret', () => {
  const good = { url: 'https://speech.example/say', voices: VOICES };
  test.each<[string, HttpSpeechSettings]>([
    ['a file', { ...good, url: 'file:///etc/passwd' }],
    ['no address', { ...good, url: 'speech.example' }],
    ['a host that depends on the text', { ...good, url: 'https://{voice}/say' }],
    ['a host that depends on the language', { ...good, url: 'https://{language}.example/say' }],
    ['a name in the address', { ...good, url: 'https://s3cret@speech.example/' }],
    ['a header of two lines', { ...good, headers: { authorization: 's3cret\r\nx: y' } }],
  ])('%s', (_, settings) => {
    let refusal = '';
    try {
      new HttpSpeechDriver(settings);
    } catch (error) {
      refusal = String(error);
    }
    expect(refusal).toMatch(/^TypeError/);
    expect(refusal).not.toContain('s3cret');
  });
});
