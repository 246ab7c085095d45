import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MediaProblem } from '../problem.js';
import type { Speaker } from './speakers.js';

export interface EspeakText {
  /** Path of a voice within espeak-ng's own data. */
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly text: string;
}

type Message =
  | { readonly ready: true }
  | { readonly id: number; readonly wav: Uint8Array }
  | { readonly id: number; readonly failure: string };

/** One process of `espeak-ng.speaker.mjs`. */
export function startEspeakSpeaker(): Speaker<EspeakText> {
  const child = fork(speakerFile(), {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let lastId = 0;
  let answer: ((message: Message) => void) | undefined;
  const ended = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('exit', (code, killed) => resolve(`${killed ?? code}`));
  });
  const ready = new Promise<void>((resolve, reject) => {
    void ended.then((how) => reject(new MediaProblem('speech.failed', `the speaker did not start (${how})`)));
    child.on('message', (message: Message) => {
      if ('ready' in message) resolve();
      else if (message.id === lastId) answer?.(message);
    });
  });
  return {
    ready,
    ended,
    async speak(text) {
      lastId += 1;
      const answered = new Promise<Message>((resolve) => {
        answer = resolve;
      });
      // One that is gone is told by `ended`.
      child.send({ id: lastId, ...text }, () => {});
      const message = await answered;
      if ('wav' in message) return message.wav;
      throw new MediaProblem('speech.failed', 'failure' in message ? message.failure : 'no answer');
    },
    async stop() {
      // Whoever waits for the end of an idle one must live to see it.
      child.ref();
      child.kill('SIGKILL');
      await ended;
    },
    hold(busy) {
      if (busy) {
        child.ref();
        child.channel?.ref();
      } else {
        child.unref();
        child.channel?.unref();
      }
    },
  };
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
