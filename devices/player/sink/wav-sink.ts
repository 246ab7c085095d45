import { appendFileSync, closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { atInstant } from './instant.js';
import { BYTES_PER_FRAME, FRAMES_PER_MS, Pace } from './pace.js';

/**
 * A sound card that is a file, in a process of its own: `node wav-sink.js <file.wav> <name of the play> [held]`.
 *
 * PCM (pace.ts) comes on stdin and is consumed at the pace of the monotonic clock. The plays of one loudspeaker follow each
 * other in one file; `<file.wav>.plays.jsonl` says at which frame each began: {"play","frame","monoMs"}. So the frames of a
 * play are those from its `frame` to that of the next play, or to the end of the file: (size - 44) / 2. The sizes in the
 * header are written with every report, so a file whose writer was killed is at most one report behind.
 *
 * `held`: it fills its buffer and stays silent until file descriptor 3 gives the monotonic instant of the first sample (ms, one
 * line). If that ends without a line nothing sounds: whoever held it is gone.
 *
 * stdout: {"frames","monoMs"} lines; the first (frames 0) gives the instant of the first sample. When stdin ends, what the
 * buffer still holds is played out and the process ends; SIGTERM ends it at once, mid-buffer.
 */
const HEADER_BYTES = 44;
const BUFFER_BYTES = 200 * FRAMES_PER_MS * BYTES_PER_FRAME;
const TICK_MS = 10;
const REPORT_MS = 50;

const [path, name, held] = process.argv.slice(2);
if (!path || name === undefined) {
  process.stderr.write('usage: wav-sink <file.wav> <name> [held]\n');
  process.exit(2);
}

const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
let before = existingFrames(file);
/** Monotonic instant from which on it sounds. */
let beginsMs = held === 'held' ? Number.POSITIVE_INFINITY : 0;
/** When both sound and the order to begin were here. */
let readyMs = Number.POSITIVE_INFINITY;
let buffered: Buffer = Buffer.alloc(0);
let ended = false;
let reportedMs = 0;
const pace = new Pace();
let started = false;
let over = false;
let callOff: () => void = () => undefined;
let orders: Socket | null = null;

/** Frames of the plays before this one; a file that is not ours is never overwritten. */
function existingFrames(handle: number): number {
  const { size } = fstatSync(handle);
  if (size === 0) return 0;
  const start = Buffer.alloc(HEADER_BYTES);
  readSync(handle, start, 0, HEADER_BYTES, 0);
  // The sizes, and nothing else, may differ from what we would write.
  const ours = header(0);
  start.copy(ours, 4, 4, 8);
  start.copy(ours, 40, 40, 44);
  if (!start.equals(ours)) {
    process.stderr.write(`${path} is not a file of this sink\n`);
    process.exit(3);
  }
  const frames = Math.floor((size - HEADER_BYTES) / BYTES_PER_FRAME);
  ftruncateSync(handle, HEADER_BYTES + frames * BYTES_PER_FRAME);
  return frames;
}

/** RIFF/WAVE, PCM, one channel of 16 bits. */
function header(frames: number): Buffer {
  const bytes = frames * BYTES_PER_FRAME;
  const rate = FRAMES_PER_MS * 1000;
  const head = Buffer.alloc(HEADER_BYTES);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(Math.min(36 + bytes, 0xffffffff), 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * BYTES_PER_FRAME, 28);
  head.writeUInt16LE(BYTES_PER_FRAME, 32);
  head.writeUInt16LE(8 * BYTES_PER_FRAME, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(Math.min(bytes, 0xffffffff), 40);
  return head;
}

const monoMs = () => Number(process.hrtime.bigint()) / 1e6;

function ready(): void {
  const here = buffered.length >= BYTES_PER_FRAME && beginsMs !== Number.POSITIVE_INFINITY;
  if (here && readyMs === Number.POSITIVE_INFINITY) readyMs = monoMs();
}

function report(nowMs: number): void {
  writeSync(file, header(before + pace.consumed), 0, HEADER_BYTES, 0);
  process.stdout.write(`${JSON.stringify({ frames: pace.consumed, monoMs: nowMs })}\n`);
  reportedMs = nowMs;
}

/**
 * A card that is held runs on silence, so its samples fall by its crystal: the first at the ordered instant, if sound and
 * order were here by then, however late this process is given the processor.
 */
function begin(firstMs: number, available: number): void {
  started = true;
  pace.take(firstMs, available);
  // Another play may have sounded since this one was opened.
  before = existingFrames(file);
  appendFileSync(`${path}.plays.jsonl`, `${JSON.stringify({ play: name, frame: before, monoMs: firstMs })}\n`);
  report(firstMs);
}

function tick(): void {
  if (over) return;
  const nowMs = monoMs();
  if (nowMs < beginsMs) return;
  const available = Math.floor(buffered.length / BYTES_PER_FRAME);
  if (!started && available > 0) begin(Math.max(beginsMs, readyMs), available);
  const at = HEADER_BYTES + (before + pace.consumed) * BYTES_PER_FRAME;
  const taken = pace.take(nowMs, available) * BYTES_PER_FRAME;
  if (taken > 0) {
    writeSync(file, buffered, 0, taken, at);
    buffered = buffered.subarray(taken);
    if (buffered.length < BUFFER_BYTES) process.stdin.resume();
  }
  if (ended && buffered.length < BYTES_PER_FRAME) return finish();
  if (started && nowMs - reportedMs >= REPORT_MS) report(nowMs);
}

function finish(): void {
  if (over) return;
  over = true;
  clearInterval(timer);
  callOff();
  orders?.destroy();
  if (started) report(monoMs());
  else if (beginsMs === 0) writeSync(file, header(before), 0, HEADER_BYTES, 0);
  closeSync(file);
  process.stdin.destroy();
  process.exitCode = 0;
}

process.stdin.on('data', (pcm: Buffer) => {
  buffered = Buffer.concat([buffered, pcm]);
  if (!started) ready();
  if (buffered.length >= BUFFER_BYTES) process.stdin.pause();
  if (!started) tick();
});
process.stdin.on('end', () => {
  ended = true;
});
process.stdin.on('error', () => {
  ended = true;
});
// The player was killed: nobody listens any more, but a card plays out what it holds.
process.stdout.on('error', () => undefined);
process.on('SIGTERM', finish);
process.on('SIGINT', () => undefined);
const timer = setInterval(tick, TICK_MS);
if (held === 'held') {
  orders = new Socket({ fd: 3, readable: true });
  orders.on('error', finish);
  createInterface({ input: orders })
    .once('line', (line) => {
      beginsMs = Number(line);
      ready();
      callOff = atInstant(monoMs, beginsMs, tick);
    })
    .once('close', () => {
      if (beginsMs === Number.POSITIVE_INFINITY) finish();
    });
}
