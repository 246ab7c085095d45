import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FfmpegTool } from '../tool.js';

/** A folder for the recordings of one spec. */
export async function recordingFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'vang-media-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Lets ffmpeg generate a recording: `source` is a lavfi graph, `options` stand before the output file. */
export async function record(
  tool: FfmpegTool,
  folder: string,
  extension: string,
  source: string,
  options: readonly string[] = [],
): Promise<string> {
  const path = join(folder, `${randomUUID()}.${extension}`);
  await execa(tool.path, ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', source, ...options, path]);
  return path;
}

/** Loudness and true peak as ffmpeg's own meter reads them, independently of the code under test. */
export async function readMeter(tool: FfmpegTool, path: string): Promise<{ lufs: number; truePeakDb: number }> {
  const args = ['-hide_banner', '-nostats', '-nostdin', '-i', path, '-af', 'ebur128=framelog=verbose:peak=true'];
  const { stderr } = await execa(tool.path, [...args, '-f', 'null', '-']);
  const number = (pattern: RegExp) => Number([...stderr.matchAll(pattern)].at(-1)?.[1]);
  return { lufs: number(/\bI:\s+(-?[\d.]+) LUFS/g), truePeakDb: number(/\bPeak:\s+(-?[\d.]+) dBFS/g) };
}
