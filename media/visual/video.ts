import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withFile } from '../container/bytes.js';
import { lastWords, runFfmpeg } from '../run.js';
import type { FfmpegTool } from '../tool.js';
import { type Mp4Track, readMp4 } from './mp4.js';
import { VisualProblem } from './problem.js';

export const MOST_VIDEO_MS = 3 * 60_000;
const MOST_SIDE = 3_840;
/** Of MPEG-4, and the three of MPEG-2. */
const AAC = ['mp4a.40', 'mp4a.66', 'mp4a.67', 'mp4a.68'];
const RUN_TIMEOUT_MS = 120_000;

export interface Video {
  /** A new file. */
  readonly path: string;
  readonly type: 'video/mp4';
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
}

export interface VideoRequest {
  readonly tool: FfmpegTool;
  readonly input: string;
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A short MP4 (H.264, AAC or no sound) as boards play it: its picture and sound packed anew, not coded again, with the index in
 * front and without place, device or other tracks. Every key frame is decoded, so that what cannot be shown is refused here.
 * @throws VisualProblem; MediaProblem when ffmpeg itself fails
 */
export async function cleanVideo({ tool, input, outputDir, signal }: VideoRequest): Promise<Video> {
  judge(await tracksOf(input));
  const path = join(outputDir, 'clean.mp4');
  const { exitCode, stderr } = await runFfmpeg({
    tool,
    args: videoArgs(input, path),
    timeoutMs: RUN_TIMEOUT_MS,
    signal,
  });
  if (exitCode !== 0) throw new VisualProblem('video.damaged', lastWords(stderr));
  // The lengths that count are those of what was really there.
  const { width, height, durationMs } = judge(await tracksOf(path));
  if (durationMs <= 0) throw new VisualProblem('video.damaged', 'no frames');
  return { path, type: 'video/mp4', bytes: (await stat(path)).size, width, height, durationMs };
}

const tracksOf = (path: string) => withFile(path, readMp4);

function judge(tracks: readonly Mp4Track[]): { width: number; height: number; durationMs: number } {
  const video = tracks.find(({ kind }) => kind === 'video');
  if (!video) throw new VisualProblem('video.noPicture', 'no video track');
  const sound = tracks.find(({ kind }) => kind === 'sound');
  if (!['avc1', 'avc3'].includes(video.codec)) throw new VisualProblem('video.codec', `video in ${video.codec}`);
  if (sound && !AAC.includes(sound.codec)) throw new VisualProblem('video.codec', `sound in ${sound.codec}`);
  const { width, height } = video;
  if (width < 1 || height < 1) throw new VisualProblem('video.damaged', `${width} × ${height} pixels`);
  if (width > MOST_SIDE || height > MOST_SIDE) throw new VisualProblem('video.tooLarge', `${width} × ${height} pixels`);
  const durationMs = Math.max(video.durationMs, sound?.durationMs ?? 0);
  if (durationMs > MOST_VIDEO_MS) throw new VisualProblem('video.tooLong', `${durationMs} ms`);
  return { width, height, durationMs };
}

/** Closed lists, as for sound: no other file, no address, no other decoder, whatever the file says. */
export function videoArgs(input: string, output: string): string[] {
  return [
    ...[
      '-hide_banner',
      '-nostdin',
      '-nostats',
      '-loglevel',
      'warning',
      '-max_alloc',
      String(256 * 1024 ** 2),
      '-xerror',
    ],
    ...['-protocol_whitelist', 'file,pipe', '-codec_whitelist', 'h264,aac', '-threads', '1', '-skip_frame', 'nokey'],
    ...['-enable_drefs', '0', '-use_absolute_path', '0'],
    ...['-t', String((MOST_VIDEO_MS + 2_000) / 1000), '-f', 'mov', '-i', `file:${resolve(input)}`],
    ...['-map', '0:v:0', '-map', '0:a:0?', '-map_metadata', '-1', '-map_chapters', '-1', '-c', 'copy'],
    ...['-fflags', '+bitexact', '-movflags', '+faststart', '-f', 'mp4', '-y', `file:${resolve(output)}`],
    ...['-map', '0:v:0', '-f', 'null', '-'],
  ];
}
