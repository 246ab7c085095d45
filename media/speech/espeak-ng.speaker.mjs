/**
 * Runs espeak-ng (WebAssembly) in a process of its own, one text at a time. Plain JavaScript on purpose: Node 20 cannot start
 * TypeScript, and this way the same file serves the specs and the built service (see espeak-ng.driver.ts).
 *
 * In: { id, voice, wordsPerMinute, text }. Out: { id, wav } or { id, failure }.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import startEspeak from 'espeak-ng';

const script = createRequire(import.meta.url).resolve('espeak-ng');
// Compiled once; espeak-ng keeps its state in globals, so each text gets an instance of its own.
const compiled = WebAssembly.compile(readFileSync(join(script, '..', 'espeak-ng.wasm')));

async function speak({ voice, wordsPerMinute, text }) {
  const module = await compiled;
  let said = '';
  const espeak = await startEspeak({
    // The text travels in a file of the instance's own memory: it is never an argument, and without -m never SSML.
    arguments: ['-v', voice, '-s', String(wordsPerMinute), '-b', '1', '-f', '/text', '-w', '/speech.wav'],
    preRun: [(instance) => instance.FS.writeFile('/text', text)],
    print: () => {},
    printErr: (line) => {
      said = `${said}${line} `.slice(-300);
    },
    instantiateWasm(imports, ready) {
      WebAssembly.instantiate(module, imports).then((instance) => ready(instance, module));
      return {};
    },
  });
  try {
    return espeak.FS.readFile('/speech.wav');
  } catch {
    throw new Error(`no speech was made: ${said}`);
  }
}

process.on('message', async (request) => {
  try {
    process.send({ id: request.id, wav: await speak(request) });
  } catch (error) {
    process.send({ id: request.id, failure: String(error?.message ?? error) });
  }
});
// Whoever started this process is gone.
process.on('disconnect', () => process.exit());
