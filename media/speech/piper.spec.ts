import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { recordingFolder } from '../testing/recordings.js';
import { jsonLine, keptArguments, textArguments, textLine } from './piper.arguments.js';
import { PiperDriver, type PiperSettings } from './piper.driver.js';

/**
 * Stands in for Piper, which is not installed where this runs: the same command line, standard input and files. The text says
 * how it misbehaves. Its tone is as long as the text, stretched by --length_scale. Each process writes a line about itself.
 */
const STAND_IN = `
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const model = option('--model');
appendFileSync(model + '.started', JSON.stringify({ pid: process.pid, args }) + '\\n');
function speak(text, path) {
  appendFileSync(model + '.heard', JSON.stringify(text) + '\\n');
  if (text.includes('treo')) return setInterval(() => {}, 1000);
  if (text.includes('hỏng')) { console.error('onnx: bad graph'); process.exit(3); }
  if (text.includes('chết')) process.kill(process.pid, 'SIGKILL');
  if (text.includes('rác')) writeFileSync(path, 'not a wav');
  else if (!text.includes('không tệp')) {
    const samples = Int16Array.from({ length: Math.round(text.length * 500 * Number(option('--length_scale'))) }, (_, at) => 8000 * Math.sin(at / 8));
    const head = Buffer.alloc(44);
    head.write('RIFF'); head.write('WAVEfmt ', 8); head.write('data', 36);
    head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22);
    head.writeUInt32LE(22050, 24); head.writeUInt16LE(16, 34); head.writeUInt32LE(samples.byteLength, 40);
    const wav = Buffer.concat([head, Buffer.from(samples.buffer)]);
    if (!args.includes('--json-input')) return writeFileSync(path, wav);
    // As the real one: the name is told before the file is closed.
    writeFileSync(path, wav.subarray(0, 60));
    console.log(path);
    return setTimeout(() => writeFileSync(path, wav), 20);
  }
  console.log(path);
}
if (args.includes('--json-input')) {
  createInterface({ input: process.stdin }).on('line', (line) => { const { text, output_file } = JSON.parse(line); speak(text, output_file); });
} else {
  let text = '';
  process.stdin.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => speak(text.trim(), option('--output_file')));
}
`;

let folder: Awaited<ReturnType<typeof recordingFolder>>;
let executable: string;
let models = 0;
let drivers: PiperDriver[] = [];

beforeAll(async () => {
  folder = await recordingFolder();
  executable = join(folder.path, 'piper.mjs');
  await writeFile(executable, `#!${process.execPath}\n${STAND_IN}`);
  await chmod(executable, 0o755);
});
afterEach(async () => {
  await Promise.all(drivers.map((driver) => driver.close()));
  drivers = [];
});
afterAll(() => folder.remove());

async function model(description: unknown = { language: { code: 'vi_VN' } }): Promise<string> {
  models += 1;
  const path = join(folder.path, `${models}`, 'vi_VN-test-medium.onnx');
  await mkdir(join(folder.path, `${models}`));
  await writeFile(path, 'weights');
  await writeFile(`${path}.json`, typeof description === 'string' ? description : JSON.stringify(description));
  return path;
}

async function open(settings: Partial<PiperSettings> = {}): Promise<PiperDriver> {
  const driver = await PiperDriver.open({ executable, model: settings.model ?? (await model()), ...settings });
  drivers.push(driver);
  return driver;
}

const lines = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
/** On a loaded machine a process may be killed before it could say that it is there. */
const processes = async (path: string): Promise<{ pid: number; args: string[] }[]> =>
  existsSync(`${path}.started`) ? lines(`${path}.started`) : [];

/** Nobody of this id, not even a zombie. */
function isGone(pid: number): boolean {
  return !existsSync(`/proc/${pid}`);
}

/** Resolves when the stand-in has taken up its text. */
async function heard(path: string): Promise<void> {
  while (!existsSync(`${path}.heard`)) await new Promise((soon) => setImmediate(soon));
}

describe('the argument list', () => {
  const options = { model: 'voices/vi.onnx', lengthScale: 1.25 };
  test('is closed: no text is ever in it', () => {
    expect(textArguments(options, 'out.wav')).toEqual([
      '--model',
      'voices/vi.onnx',
      '--length_scale',
      '1.250',
      '--output_file',
      'out.wav',
    ]);
    expect(keptArguments(options)).toEqual(['--model', 'voices/vi.onnx', '--length_scale', '1.250', '--json-input']);
  });
  test('and a text of several lines is one line', () => {
    expect(textLine('một\nhai\r\n  ba')).toBe('một hai ba\n');
    expect(jsonLine('một\nhai "ba"', 'out.wav')).toBe('{"text":"một hai \\"ba\\"","output_file":"out.wav"}\n');
  });
});

describe('a model', () => {
  test.each([
    ['by its language', { language: { code: 'vi_VN', family: 'vi' } }, 'vi'],
    ['an older one by its espeak voice', { espeak: { voice: 'en-us' } }, 'en'],
  ])('speaks one language, known %s', async (_, description, language) => {
    const driver = await open({ model: await model(description) });
    expect(driver.voices).toEqual([{ id: 'vi_VN-test-medium', language, name: 'Piper vi_VN-test-medium' }]);
  });
  test('does not speak another language', async () => {
    const driver = await open();
    const other = { code: 'speech.languageUnsupported' };
    await expect(driver.speak({ text: 'hello', language: 'en' })).rejects.toMatchObject(other);
    await expect(driver.speak({ text: 'chào', language: 'vi', voice: 'vi' })).rejects.toMatchObject(other);
  });
  test('that is another file is another version', async () => {
    const [one, same, other] = [await model(), await model(), await model({ language: { code: 'vi_VN' }, dataset: 2 })];
    const version = async (path: string) => (await open({ model: path })).version;
    expect(await version(one)).toBe(await version(same));
    expect(await version(one)).not.toBe(await version(other));
  });
  test.each([
    ['without a language', {}],
    ['with a language that is none', { language: { code: '../../vi' } }],
    ['with a broken description', '{'],
    ['with a description that is no object', 'null'],
  ])('%s is refused at the start', async (_, description) => {
    await expect(open({ model: await model(description) })).rejects.toMatchObject({ code: 'speech.failed' });
  });
  test('that is not there is refused at the start', async () => {
    await expect(open({ model: join(folder.path, 'none.onnx') })).rejects.toMatchObject({ code: 'speech.failed' });
  });
});

describe.each(['perText', 'kept'] as const)('a process %s', (mode) => {
  test('speaks, slower at a lower rate and at the pace of the model', async () => {
    const driver = await open({
      mode,
      model: await model({ language: { code: 'vi' }, inference: { length_scale: 1.5 } }),
    });
    const text = 'Kính thưa bà con';
    const normal = await driver.speak({ text, language: 'vi' });
    const slow = await driver.speak({ text, language: 'vi', rate: 0.5 });
    expect(normal.durationMs).toBe(Math.round((text.length * 500 * 1.5 * 1000) / 22_050));
    expect(slow.durationMs / normal.durationMs).toBeCloseTo(2, 2);
  });

  test('is given markup and options as words only', async () => {
    const path = await model();
    const driver = await open({ mode, model: path });
    await driver.speak({ text: '--model x\n<audio src="y"/> [[h@loU]] "}\u0000\u202e', language: 'vi' });
    expect(await lines(`${path}.heard`)).toEqual([expect.not.stringMatching(/[<>[\]\n\0\u202e]/)]);
    expect((await processes(path))[0]?.args).not.toContain('x');
  });

  test.each([
    ['that fails, with what it said', 'hỏng', mode === 'perText' ? /onnx: bad graph/ : /ended/],
    ['that dies twice', 'chết', /SIGKILL/],
    ['that writes no WAV', 'rác', /no WAV/],
    ['that writes no file', 'không tệp', /no file/],
  ])('%s is a failure, and the next text is spoken', async (_, text, detail) => {
    const path = await model();
    const driver = await open({ mode, model: path });
    await expect(driver.speak({ text, language: 'vi' })).rejects.toMatchObject({
      code: 'speech.failed',
      detail: expect.stringMatching(detail),
    });
    expect((await driver.speak({ text: 'xin chào', language: 'vi' })).durationMs).toBeGreaterThan(100);
  });

  test('that hangs is killed after its time', async () => {
    const path = await model();
    const driver = await open({ mode, model: path, timeoutMs: 700 });
    await expect(driver.speak({ text: 'treo', language: 'vi' })).rejects.toMatchObject({ detail: 'over 700 ms' });
    await driver.close();
    for (const { pid } of await processes(path)) expect(isGone(pid)).toBe(true);
  });

  test('that hangs is left on abort: others are spoken, and it is killed', async () => {
    const path = await model();
    const driver = await open({ mode, model: path });
    const stop = new AbortController();
    const hanging = driver.speak({ text: 'treo', language: 'vi', signal: stop.signal });
    const other = driver.speak({ text: 'xin chào', language: 'vi' });
    await heard(path);
    stop.abort(new Error('no longer wanted'));
    await expect(hanging).rejects.toThrow('no longer wanted');
    expect((await other).durationMs).toBeGreaterThan(100);
    await driver.close();
    for (const { pid } of await processes(path)) expect(isGone(pid)).toBe(true);
  });

  test('closed, it refuses what is being said', async () => {
    const path = await model();
    const driver = await open({ mode, model: path });
    const saying = expect(driver.speak({ text: 'treo', language: 'vi' })).rejects.toMatchObject({
      code: 'speech.failed',
    });
    await heard(path);
    await driver.close();
    await saying;
    for (const { pid } of await processes(path)) expect(isGone(pid)).toBe(true);
  });

  test('of a program that is not there is a failure', async () => {
    const driver = await open({ mode, executable: join(folder.path, 'nothing') });
    await expect(driver.speak({ text: 'xin chào', language: 'vi' })).rejects.toMatchObject({
      code: 'speech.failed',
      detail: expect.stringContaining('ENOENT'),
    });
  });
});

test('kept, one process says many texts; per text, each has its own', async () => {
  const counts = [];
  for (const mode of ['kept', 'perText'] as const) {
    const path = await model();
    const driver = await open({ mode, model: path });
    for (const text of ['một', 'hai', 'ba']) await driver.speak({ text, language: 'vi' });
    counts.push((await processes(path)).length);
  }
  expect(counts).toEqual([1, 3]);
});
