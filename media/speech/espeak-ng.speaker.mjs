/**
 * Runs espeak-ng (WebAssembly) in a process of its own, one text at a time. Plain JavaScript on purpose: Node 20 cannot start
 * TypeScript, and this way the same file serves the specs and the built service (see espeak-ng.driver.ts).
 *
 * Out: { ready } once. In: { id, voice, wordsPerMinute, text }. Out: { id, wav } or { id, failure }.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import startEspeak from 'espeak-ng';

// espeak-ng looks for hundreds of files that are not there; a stack trace for each costs more than the speech.
Error.stackTraceLimit = 0;

const script = createRequire(import.meta.url).resolve('espeak-ng');
let said = '';

/**
 * espeak-ng keeps its state in globals and is made to run once. Its memory (of a fixed size) is copied before the first text and
 * put back before each: the same start for every text, so the same bytes, without the 90 ms that a new instance costs.
 */
async function start() {
  const compiled = await WebAssembly.compile(readFileSync(join(script, '..', 'espeak-ng.wasm')));
  let wasm;
  const { FS } = await startEspeak({
    noInitialRun: true,
    print: () => {},
    printErr: (line) => {
      said = `${said}${line} `.slice(-300);
    },
    instantiateWasm(imports, ready) {
      WebAssembly.instantiate(compiled, imports).then((instance) => {
        wasm = instance.exports;
        ready(instance, compiled);
      });
      return {};
    },
  });
  const fresh = new Uint8Array(wasm.memory.buffer).slice();
  const stack = wasm.stackSave();

  return ({ voice, wordsPerMinute, text }) => {
    said = '';
    new Uint8Array(wasm.memory.buffer).set(fresh);
    wasm.stackRestore(stack);
    // The text travels in a file of the instance's own memory: it is never an argument, and without -m never SSML.
    FS.writeFile('/text', text);
    run(wasm, ['espeak-ng', '-v', voice, '-s', String(wordsPerMinute), '-b', '1', '-f', '/text', '-w', '/speech.wav']);
    if (!FS.analyzePath('/speech.wav').exists) throw new Error(`no speech was made: ${said}`);
    const wav = FS.readFile('/speech.wav');
    FS.unlink('/speech.wav');
    return wav;
  };
}

/** Calls `main` as the loader would, with C strings on the instance's own stack. */
function run(wasm, args) {
  const argv = wasm.stackAlloc((args.length + 1) * 4);
  const at = args.map((arg) => {
    const bytes = Buffer.from(`${arg}\0`);
    const address = wasm.stackAlloc(bytes.length);
    new Uint8Array(wasm.memory.buffer).set(bytes, address);
    return address;
  });
  new Uint32Array(wasm.memory.buffer, argv, args.length + 1).set([...at, 0]);
  wasm.__main_argc_argv(args.length, argv);
}

let engine = start();
// The first text compiles the engine on its way, which takes longer than saying it: done ahead, unless a text is waiting.
const REHEARSE_AFTER_MS = 30;
let rehearsing;
const rehearsal = () =>
  engine.then((speak) => speak({ voice: 'aav/vi', wordsPerMinute: 140, text: 'Xin chào bà con.' }));
process.once('message', () => clearTimeout(rehearsing));
process.on('message', async ({ id, ...request }) => {
  try {
    const speak = await engine;
    process.send({ id, wav: speak(request) });
  } catch (error) {
    // A trap leaves open files and half a state behind, which no copy of the memory brings back.
    engine = start();
    process.send({ id, failure: `${error?.message ?? error} ${said}`.slice(0, 600) });
  }
});
// Whoever started this process is gone.
process.on('disconnect', () => process.exit());
await engine;
process.send({ ready: true });
rehearsing = setTimeout(rehearsal, REHEARSE_AFTER_MS);
