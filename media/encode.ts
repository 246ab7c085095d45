import { inputArgs } from './input.js';
import { type Levelling, levelFilters, type MonoSource, monoFilter, TO_WORKING_FORMAT } from './level.js';
import { OPUS_BITRATE, SAMPLE_RATE } from './limits.js';
import type { MeasureRequest } from './measure.js';
import { MediaProblem } from './problem.js';
import { lastWords, runFfmpeg } from './run.js';

export interface EncodeRequest extends MeasureRequest {
  readonly output: string;
  readonly source: MonoSource;
  readonly level: Levelling;
}

/**
 * Decode, mono, gain, Opus in Ogg. The bitexact flags fix the serial number and leave out the version of ffmpeg, so that
 * the same input gives the same bytes (from the same build: libopus itself changes between versions).
 */
export function encodeArgs({ path, container, limits, output, source, level }: EncodeRequest): string[] {
  const filters = [TO_WORKING_FORMAT, monoFilter(source), ...levelFilters(level)].join(',');
  return [
    ...inputArgs({ path, container, maxDurationMs: limits.maxDurationMs }),
    ...['-map', '0:a:0', '-af', filters, '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:a', 'libopus', '-b:a', String(OPUS_BITRATE), '-vbr', 'on', '-application', 'audio'],
    ...['-ar', String(SAMPLE_RATE), '-ac', '1', '-threads', '1', '-flags:a', '+bitexact', '-fflags', '+bitexact'],
    // One byte over the limit is enough to see that it was passed.
    ...['-fs', String(limits.maxOutputBytes + 1), '-f', 'ogg', '-y', `file:${output}`],
  ];
}

export async function encode(request: EncodeRequest): Promise<void> {
  const end = await runFfmpeg({
    tool: request.tool,
    args: encodeArgs(request),
    timeoutMs: request.limits.runTimeoutMs,
    signal: request.signal,
  });
  if (end.exitCode !== 0) throw new MediaProblem('media.toolFailed', lastWords(end.stderr));
}
