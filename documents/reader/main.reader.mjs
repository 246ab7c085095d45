/**
 * Reads one document in a process of its own and ends. Plain JavaScript on purpose: Node 20 cannot start TypeScript, and this way
 * the same file serves the specs and the built service (see reader.process.ts).
 *
 * In: { format, path, maxTextLength, maxMemoryBytes }. Out: { result } or { problem: { code, detail } }.
 */
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { ReadingProblem } from './problem.mjs';

/**
 * A parser that loops never comes back to its own event loop: another thread has to look at the memory, and whether there is still
 * someone who waits and would end this process in time.
 */
const WATCHDOG = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    const outgrown = process.memoryUsage.rss() > workerData.maxMemoryBytes;
    if (outgrown || process.ppid !== workerData.parent) process.kill(process.pid, 'SIGKILL');
  }, 10);
`;

async function read({ format, path, maxTextLength }) {
  const { readDocument } = await import(`./${format}.reader.mjs`);
  return readDocument(await readFile(path), { maxTextLength });
}

function answer(message) {
  process.send(message, () => process.exit());
}

function fail(error) {
  const code = error instanceof ReadingProblem ? error.code : 'document.damaged';
  answer({ problem: { code, detail: String(error?.message ?? error).slice(0, 300) } });
}

// word-extractor leaves promises of broken streams behind, which would end this process without a word.
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);
// Whoever started this process is gone.
process.on('disconnect', () => process.exit());
process.once('message', (request) => {
  const { maxMemoryBytes } = request;
  new Worker(WATCHDOG, { eval: true, workerData: { maxMemoryBytes, parent: process.ppid } });
  read(request).then((result) => answer({ result }), fail);
});
