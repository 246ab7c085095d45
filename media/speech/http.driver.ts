import { createHash } from 'node:crypto';
import { MediaProblem } from '../problem.js';
import type { SpeechDriver, SpeechRequest, SpeechVoice, SpokenAudio } from './port.js';
import { speakableText } from './text.js';
import { chooseVoice, withinRates } from './voice.js';
import { readSpokenWav } from './wav.js';

export interface HttpSpeechSettings {
  /** http or https; `{language}` and `{voice}` in its path or query are filled in. */
  readonly url: string;
  /** Also the secret of the service. They are sent to this address only, and never shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the service can speak. */
  readonly voices: readonly SpeechVoice[];
  /** Change it when the service changes its voices: what was cached before is then made anew. */
  readonly version?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

const WAV_TYPES = ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'];
const TIMEOUT_MS = 120_000;
/** 20,000 characters, slowly, in 24 kHz. */
const MAX_BYTES = 256 * 1024 ** 2;

/**
 * Any service that answers `POST {text, language, voice, rate}` with a plain WAV. Redirects are refused: text and secret go to
 * the configured address or nowhere. Whatever goes wrong there is `speech.failed`.
 */
export class HttpSpeechDriver implements SpeechDriver {
  readonly id = 'http';
  readonly version: string;
  readonly languages: readonly string[];
  readonly voices: readonly SpeechVoice[];

  private readonly closing = new AbortController();
  private readonly headers: Headers;
  private readonly running = new Set<Promise<unknown>>();

  /** Throws a TypeError, without the secret in it, for an address or header that can never work. */
  constructor(private readonly settings: HttpSpeechSettings) {
    this.voices = settings.voices;
    this.languages = [...new Set(settings.voices.map(({ language }) => language))];
    const { protocol, username } = this.address('vi', 'voice');
    if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`a speech service by ${protocol}`);
    if (username !== '') throw new TypeError('the address of a speech service holds a name: use a header');
    // As a hash: an address may hold a key.
    const place = createHash('sha256').update(settings.url).digest('hex').slice(0, 16);
    this.version = `${place}/${settings.version ?? '1'}`;
    this.headers = headersOf(settings.headers ?? {});
  }

  async speak({ text, language, voice, rate, signal }: SpeechRequest): Promise<SpokenAudio> {
    signal?.throwIfAborted();
    const { id } = chooseVoice(this.voices, { language, voice });
    const body = JSON.stringify({ text: speakableText(text), language, voice: id, rate: withinRates(rate) });
    if (this.closing.signal.aborted) throw new MediaProblem('speech.failed', 'the driver is closed');
    const asking = this.ask(this.address(language, id), body, signal);
    this.running.add(asking);
    try {
      return readSpokenWav(await asking);
    } finally {
      this.running.delete(asking);
    }
  }

  /** The service is a program of its own. */
  async warm(): Promise<void> {}

  async close(): Promise<void> {
    this.closing.abort(new MediaProblem('speech.failed', 'the driver was closed'));
    await Promise.allSettled(this.running);
  }

  private async ask(address: URL, body: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = this.settings;
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([this.closing.signal, timeout, ...(signal === undefined ? [] : [signal])]);
    try {
      const response = await fetch(address, {
        method: 'POST',
        body,
        headers: this.headers,
        redirect: 'error',
        signal: either,
      });
      const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? 'no type';
      if (!response.ok || !WAV_TYPES.includes(type)) {
        await response.body?.cancel();
        throw new MediaProblem('speech.failed', `${address.origin} answered ${response.status} ${type}`);
      }
      return await collect(response, maxBytes);
    } catch (error) {
      signal?.throwIfAborted();
      if (this.closing.signal.aborted) throw this.closing.signal.reason;
      if (error instanceof MediaProblem) throw error;
      const why = timeout.aborted ? `over ${timeoutMs} ms` : reasonOf(error);
      throw new MediaProblem('speech.failed', `${address.origin}: ${why}`);
    }
  }

  private address(language: string, voice: string): URL {
    const filled = this.settings.url
      .replaceAll('{language}', () => encodeURIComponent(language))
      .replaceAll('{voice}', () => encodeURIComponent(voice));
    const address = new URL(filled);
    // Filled in differently it must still be the same place.
    if (new URL(this.settings.url.replace(/\{[a-z]+\}/g, 'x')).origin !== address.origin) {
      throw new TypeError('a speech service whose host depends on the text');
    }
    return address;
  }
}

async function collect(response: Response, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new MediaProblem('speech.failed', `an answer of over ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function headersOf(given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers({ 'content-type': 'application/json', accept: 'audio/wav' });
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch {
      throw new TypeError(`the header ${JSON.stringify(name)} of the speech service cannot be sent`);
    }
  }
  return headers;
}

/** fetch says only that it failed; the reason is its cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return String(cause ?? error);
}
