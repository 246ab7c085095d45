import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EspeakNgDriver,
  type FfmpegTool,
  FileCache,
  findFfmpeg,
  type ProducedAudio,
  produceAudio,
} from '../../media/index.js';
import { readMeter } from '../../media/testing/recordings.js';
import type { Bench } from './bench.js';

const SCRIPTS = 'media/starter';
const RATIO_LIMIT = 1.1;
const RERUN_LIMIT = 0.02;
const FORMATS = [
  [
    'ogg',
    '-c:a libopus -b:a 24000 -ar 48000 -cutoff 12000 -vbr on -application voip -frame_duration 40 -compression_level 5',
  ],
  ['mp3', '-c:a libmp3lame -b:a 48000'],
] as const;

/**
 * The audio of the twenty starter scripts through the pipeline, against bare ffmpeg, script by script in turn (A B A B …), medians.
 *
 * The baseline is the least that a person with a terminal could type who knows the result beforehand: one run that analyses (decode,
 * 24 kHz, high-pass, ebur128 with true peak), then both encoders side by side (each decodes, filters, applies the gain that is known
 * to be right, ffmpeg's alimiter at four times the rate), then both files measured side by side (ebur128 with true peak). Nothing in
 * Node but starting and waiting. It never corrects, does not trim, looks for no clipping or noise, draws no waveform and hashes nothing.
 * The pipeline reads the loudness of its own PCM in Node where the baseline has ffmpeg's meter, but encodes anew where a codec
 * clicked. What came out is measured with ffmpeg's ebur128 outside the timing.
 */
export const media: Bench = {
  name: 'media',
  async run({ short }) {
    const folder = await mkdtemp(join(tmpdir(), 'vang-media-bench-'));
    try {
      const tool = await findFfmpeg();
      const recordings = await speakScripts(folder, short ? 3 : 20);
      const scripts: Script[] = [];
      for (const recording of recordings) scripts.push(await compare(tool, recording, folder, short ? 1 : 3));
      return summary(scripts);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Script {
  readonly pipelineMs: number;
  readonly ffmpegMs: number;
  readonly firstMs: number;
  readonly rerunMs: number;
  readonly soundMs: number;
  readonly worstLu: number;
  readonly worstPeakDb: number;
}

async function compare(tool: FfmpegTool, recording: string, folder: string, rounds: number): Promise<Script> {
  const outputDir = join(folder, 'out');
  await mkdir(outputDir, { recursive: true });
  const cache = new FileCache({ folder: join(folder, 'cache'), maxBytes: 1e9 });
  const [firstMs, audio] = await timed(() => produceAudio({ tool, input: recording, outputDir, cache }));
  const [rerunMs, again] = await timed(() => produceAudio({ tool, input: recording, outputDir, cache }));
  if (again.sha256 !== audio.sha256 || again.mp3.sha256 !== audio.mp3.sha256)
    throw new Error('the cache gave other sound');
  const pipeline: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [ms, produced] = await timed(() => produceAudio({ tool, input: recording, outputDir }));
    pipeline.push(ms);
    await Promise.all([rm(produced.path), rm(produced.mp3.path)]);
    bare.push((await timed(() => bareFfmpeg(tool, recording, audio, outputDir)))[0]);
  }
  const meters = await Promise.all([readMeter(tool, audio.path), readMeter(tool, audio.mp3.path)]);
  return {
    pipelineMs: median(pipeline),
    ffmpegMs: median(bare),
    firstMs,
    rerunMs,
    soundMs: audio.durationMs,
    worstLu: Math.max(...meters.map(({ lufs }) => Math.abs(lufs + 16))),
    worstPeakDb: Math.max(...meters.map(({ truePeakDb }) => truePeakDb)),
  };
}

async function bareFfmpeg(tool: FfmpegTool, input: string, { loudness }: ProducedAudio, folder: string): Promise<void> {
  const meter = 'ebur128=framelog=verbose:peak=true';
  const clean = 'aresample=24000,highpass=f=120';
  const limiter = 'aresample=96000,alimiter=limit=0.7586:attack=5:release=30:level=false,aresample=24000';
  const level = `volume=${loudness.gainDb}dB:precision=float${loudness.limited ? `,${limiter}` : ''}`;
  await ffmpeg(tool, ['-i', input, '-af', `${clean},${meter}`, '-f', 'null', '-']);
  const output = (extension: string) => join(folder, `bare.${extension}`);
  await Promise.all(
    FORMATS.map(([extension, codec]) =>
      ffmpeg(tool, ['-i', input, '-af', `${clean},${level}`, ...codec.split(' '), '-ac', '1', '-y', output(extension)]),
    ),
  );
  await Promise.all(
    FORMATS.map(([extension]) => ffmpeg(tool, ['-i', output(extension), '-af', meter, '-f', 'null', '-'])),
  );
}

async function ffmpeg(tool: FfmpegTool, args: readonly string[]): Promise<void> {
  const threads = ['-nostdin', '-nostats', '-threads', '1', '-filter_threads', '1'];
  const [code] = await once(spawn(tool.path, [...threads, ...args], { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}

function summary(scripts: readonly Script[]): Record<string, number | boolean> {
  const sum = (of: (script: Script) => number) => scripts.reduce((total, script) => total + of(script), 0);
  const ratio = sum(({ pipelineMs }) => pipelineMs) / sum(({ ffmpegMs }) => ffmpegMs);
  const rerunRatio = sum(({ rerunMs }) => rerunMs) / sum(({ firstMs }) => firstMs);
  const worstLu = Math.max(...scripts.map((script) => script.worstLu));
  const worstPeakDb = Math.max(...scripts.map((script) => script.worstPeakDb));
  return {
    scripts: scripts.length,
    cores: availableParallelism(),
    soundSeconds: round(sum(({ soundMs }) => soundMs) / 1000),
    pipelineSeconds: round(sum(({ pipelineMs }) => pipelineMs) / 1000),
    ffmpegSeconds: round(sum(({ ffmpegMs }) => ffmpegMs) / 1000),
    secondsPer100: round((sum(({ pipelineMs }) => pipelineMs) / sum(({ soundMs }) => soundMs)) * 100),
    ratio: round(ratio),
    worstScriptRatio: round(Math.max(...scripts.map(({ pipelineMs, ffmpegMs }) => pipelineMs / ffmpegMs))),
    rerunRatio: round(rerunRatio),
    worstLu: round(worstLu),
    worstPeakDb,
    holds: ratio <= RATIO_LIMIT && rerunRatio <= RERUN_LIMIT && worstLu <= 0.5 && worstPeakDb <= -1.5,
  };
}

async function speakScripts(folder: string, count: number): Promise<string[]> {
  const voice = new EspeakNgDriver();
  try {
    const files = (await readdir(SCRIPTS)).filter((file) => /^\d.*\.md$/.test(file)).sort();
    const recordings: string[] = [];
    for (const file of files.slice(0, count)) {
      const text = (await readFile(join(SCRIPTS, file), 'utf8')).replace(/^---\n.*?\n---\n/s, '');
      const path = join(folder, `${file}.wav`);
      await writeFile(path, (await voice.speak({ text, language: 'vi' })).wav);
      recordings.push(path);
    }
    return recordings;
  } finally {
    await voice.close();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
