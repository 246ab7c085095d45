import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DocumentNote } from '../document.js';
import type { DocumentLimits } from '../limits.js';
import { DOCUMENT_PROBLEM_CODES, DocumentProblem, type DocumentProblemCode } from '../problem.js';
import type { FontRun } from '../text/font-runs.js';
import type { PageLine } from '../text/page-lines.js';
import { turn } from './turn.js';

export type ReadBlock =
  | { readonly kind: 'heading' | 'paragraph' | 'item'; readonly runs: readonly FontRun[] }
  | { readonly kind: 'row'; readonly cells: readonly (readonly FontRun[])[] };

export type ReadDocument = { readonly notes: readonly DocumentNote[] } & (
  | { readonly blocks: readonly ReadBlock[] }
  | { readonly lines: readonly PageLine[] }
);

type Answer =
  | { readonly result: ReadDocument }
  | { readonly problem: { readonly code: string; readonly detail: string } };

export interface ReadingRequest {
  readonly format: 'docx' | 'doc' | 'pdf';
  readonly path: string;
  readonly limits: DocumentLimits;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads one document in a process of its own, which ends with it. Parsers of other people's files can hang, eat all memory or crash:
 * a process can be ended at any moment, has its own memory, no environment of ours, and leaves nothing behind for the next file.
 */
export async function readInProcess(request: ReadingRequest): Promise<ReadDocument> {
  const leave = await turn(request.signal);
  try {
    return await readAlone(request);
  } finally {
    leave();
  }
}

function readAlone({ format, path, limits, signal }: ReadingRequest): Promise<ReadDocument> {
  signal?.throwIfAborted();
  const { maxMemoryBytes, timeoutMs } = limits;
  return new Promise((resolve, reject) => {
    const reader = fork(readerFile(), {
      // The watchdog in the reader counts all memory; this stops a heap that outgrows it between two looks.
      execArgv: [`--max-old-space-size=${Math.ceil(maxMemoryBytes / 1024 ** 2)}`],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let outcome: (() => void) | undefined;
    const end = (decided: () => void) => {
      outcome ??= decided;
      reader.kill('SIGKILL');
    };
    const refuse = (code: DocumentProblemCode, detail: string) => () => reject(new DocumentProblem(code, detail));
    const timer = setTimeout(() => end(refuse('document.tooSlow', `over ${timeoutMs} ms`)), timeoutMs);
    const onAbort = () => end(() => reject(signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    reader.on('message', (answer: Answer) => {
      if ('result' in answer) return end(() => resolve(answer.result));
      const { code, detail } = answer.problem;
      const known = DOCUMENT_PROBLEM_CODES.find((one) => one === code) ?? 'document.damaged';
      end(refuse(known, detail));
    });
    reader.on('error', (error) => {
      outcome ??= () => reject(error);
      // One that never started reports no end.
      if (reader.pid === undefined) finish(null, null);
    });
    reader.on('exit', (code, killed) => finish(code, killed));
    let finished = false;
    // Only when the process is gone is its memory free for the next.
    const finish = (code: number | null, killed: NodeJS.Signals | null) => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      outcome ??= refuse(...endOf(code, killed, maxMemoryBytes));
      outcome();
    };
    reader.send({ format, path, maxTextLength: limits.maxTextBytes * 4, maxMemoryBytes }, () => {});
  });
}

function endOf(
  code: number | null,
  killed: NodeJS.Signals | null,
  maxMemoryBytes: number,
): [code: DocumentProblemCode, detail: string] {
  // The watchdog and the system's own out-of-memory end send SIGKILL; a full heap aborts.
  const outOfMemory = killed === 'SIGKILL' || killed === 'SIGABRT' || killed === 'SIGTRAP' || code === 134;
  return outOfMemory
    ? ['document.tooLarge', `over ${maxMemoryBytes} bytes of memory (${killed ?? code})`]
    : ['document.damaged', `the reader ended (${killed ?? code})`];
}

/**
 * The reader is plain JavaScript, which the build does not copy. From `documents/reader/` (specs) it lies beside this file; from
 * `dist/documents/reader/` it lies beside its source, which the package ships. A copy in `dist`, where there is one, comes first.
 */
function readerFile(): string {
  const beside = new URL('./main.reader.mjs', import.meta.url);
  return fileURLToPath(
    existsSync(beside) ? beside : new URL('../../../documents/reader/main.reader.mjs', import.meta.url),
  );
}
