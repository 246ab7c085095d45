import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MediaProblem } from '../problem.js';
import type { SpeechDriver, SpeechRequest, SpeechVoice, SpokenAudio } from './port.js';
import { speakableText } from './text.js';
import { readSpokenWav } from './wav.js';

/** At this setting of espeak-ng a Vietnamese notice is read at about 200 syllables a minute, the pace of an announcer. */
const NORMAL_WORDS_PER_MINUTE = 140;
/** The longest text takes a few seconds; a speaker that needs longer hangs. */
const TIMEOUT_MS = 120_000;
/** A speaker without work ends after this; starting it again costs about half a second. */
const IDLE_MS = 1_000;
const MAX_WAITING = 64;

const VOICES: readonly SpeechVoice[] = [
  { id: 'vi', language: 'vi', name: 'Giọng miền Bắc' },
  { id: 'vi-vn-x-central', language: 'vi', name: 'Giọng miền Trung' },
  { id: 'vi-vn-x-south', language: 'vi', name: 'Giọng miền Nam' },
];

type Answer = { readonly id: number } & ({ readonly wav: Uint8Array } | { readonly failure: string });

interface Job {
  readonly id: number;
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly text: string;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (audio: SpokenAudio) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * espeak-ng with its three Vietnamese accents, offline, in a process of its own: it neither holds up the caller's event loop nor
 * burdens its memory, and can be ended in the middle of a word. It starts with a text and ends when none waits.
 */
export class EspeakNgDriver implements SpeechDriver {
  readonly id = 'espeak-ng';
  readonly languages: readonly string[] = ['vi'];
  readonly voices = VOICES;

  private speaker: ChildProcess | undefined;
  private waiting: Job[] = [];
  private current: { readonly job: Job; readonly end: () => void } | undefined;
  private lastId = 0;
  private closed = false;
  private idle: NodeJS.Timeout | undefined;

  async speak({ text, language, voice, rate = 1, signal }: SpeechRequest): Promise<SpokenAudio> {
    signal?.throwIfAborted();
    const chosen = VOICES.find(({ id, language: own }) => own === language && (voice === undefined || voice === id));
    if (chosen === undefined) {
      throw new MediaProblem('speech.languageUnsupported', `no voice ${voice ?? ''} for ${language}`);
    }
    const speakable = speakableText(text);
    if (this.closed) throw new MediaProblem('speech.failed', 'the driver is closed');
    if (this.waiting.length >= MAX_WAITING) throw new MediaProblem('speech.failed', 'too many texts are waiting');
    return new Promise((resolve, reject) => {
      this.lastId += 1;
      const wordsPerMinute = Math.round(NORMAL_WORDS_PER_MINUTE * Math.min(2, Math.max(0.5, rate)));
      this.waiting.push({
        id: this.lastId,
        voice: chosen.id,
        wordsPerMinute,
        text: speakable,
        signal,
        resolve,
        reject,
      });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    const reason = new MediaProblem('speech.failed', 'the driver was closed');
    for (const job of this.waiting.splice(0)) job.reject(reason);
    this.current?.job.reject(reason);
    this.current?.end();
    const { speaker } = this;
    this.speaker = undefined;
    if (!speaker || speaker.exitCode !== null || speaker.signalCode !== null) return;
    const ended = once(speaker, 'exit');
    speaker.kill('SIGKILL');
    await ended;
  }

  private next(): void {
    if (this.current !== undefined || this.closed) return;
    const job = this.waiting.shift();
    if (job === undefined) {
      // An idle speaker must not keep a process alive that has nothing else to do.
      this.hold(false);
      this.idle = setTimeout(() => this.rest(), IDLE_MS).unref();
      return;
    }
    if (job.signal?.aborted) {
      job.reject(job.signal.reason);
      this.next();
      return;
    }
    clearTimeout(this.idle);
    this.speaker ??= this.startSpeaker();
    this.hold(true);
    // espeak-ng cannot be interrupted: the speaker is given up, and the next text gets a fresh one.
    const timer = setTimeout(() => this.giveUp(new MediaProblem('speech.failed', `over ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    const onAbort = () => this.giveUp(job.signal?.reason);
    job.signal?.addEventListener('abort', onAbort, { once: true });
    const end = () => {
      clearTimeout(timer);
      job.signal?.removeEventListener('abort', onAbort);
      this.current = undefined;
    };
    this.current = { job, end };
    const { id, voice, wordsPerMinute, text } = job;
    this.speaker.send({ id, voice, wordsPerMinute, text });
  }

  private hold(busy: boolean): void {
    if (busy) {
      this.speaker?.ref();
      this.speaker?.channel?.ref();
    } else {
      this.speaker?.unref();
      this.speaker?.channel?.unref();
    }
  }

  /** Between texts the voice would only hold some 100 MB that the machine can use better. */
  private rest(): void {
    const { speaker } = this;
    this.speaker = undefined;
    speaker?.kill('SIGKILL');
  }

  private startSpeaker(): ChildProcess {
    const speaker = fork(speakerFile(), {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    speaker.on('message', (answer: Answer) => this.receive(answer));
    // One that was given up still reports its end; only the present one counts.
    speaker.on('error', (error) => {
      if (speaker === this.speaker) this.giveUp(new MediaProblem('speech.failed', error.message, { cause: error }));
    });
    speaker.on('exit', (code, killed) => {
      if (speaker === this.speaker)
        this.giveUp(new MediaProblem('speech.failed', `the speaker ended (${killed ?? code})`));
    });
    return speaker;
  }

  private receive(answer: Answer): void {
    const current = this.current;
    if (current?.job.id !== answer.id) return;
    current.end();
    try {
      if ('failure' in answer) throw new MediaProblem('speech.failed', answer.failure);
      current.job.resolve(readSpokenWav(answer.wav));
    } catch (error) {
      current.job.reject(error);
    }
    this.next();
  }

  private giveUp(reason: unknown): void {
    const { speaker, current } = this;
    this.speaker = undefined;
    speaker?.kill('SIGKILL');
    current?.end();
    current?.job.reject(reason);
    this.next();
  }
}

/**
 * The speaker is plain JavaScript, which the build does not copy. From `media/speech/` (specs) it lies beside this file; from
 * `dist/media/speech/` it lies beside its source, which the package ships. A copy in `dist`, where there is one, comes first.
 */
function speakerFile(): string {
  const beside = new URL('./espeak-ng.speaker.mjs', import.meta.url);
  return fileURLToPath(
    existsSync(beside) ? beside : new URL('../../../media/speech/espeak-ng.speaker.mjs', import.meta.url),
  );
}
