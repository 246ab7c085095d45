import { stat } from 'node:fs/promises';
import { Meter } from './core/meter.js';
import type { ProductFormat, Target } from './encode.js';
import { inputArgs } from './input.js';
import type { Result } from './level.js';
import { type AudioLimits, SAMPLE_RATE } from './limits.js';
import { MediaProblem } from './problem.js';
import { lastWords, runFfmpeg } from './run.js';
import type { FfmpegTool } from './tool.js';

/** Opus decodes at 48 kHz whatever was put in. */
const RATE: Record<ProductFormat, number> = { opus: 48_000, mp3: SAMPLE_RATE };
const CONTAINER = { opus: 'ogg', mp3: 'mp3' } as const;

export interface MeasureRequest {
  readonly tool: FfmpegTool;
  readonly target: Target;
  readonly limits: AudioLimits;
  readonly signal?: AbortSignal | undefined;
}

/** What a listener would get: decoded from the file, nothing taken from its header. */
export interface Measured {
  readonly durationMs: number;
  readonly loudness: Result;
}

export function measureArgs({ format, output }: Target, limits: AudioLimits): string[] {
  return [
    ...inputArgs({
      path: output,
      container: { format: CONTAINER[format], strict: format === 'opus' },
      maxDurationMs: limits.maxDurationMs + 2000,
    }),
    ...['-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'],
  ];
}

/** Decodes a produced file and measures it. */
export async function measureProduct({ tool, target, limits, signal }: MeasureRequest): Promise<Measured> {
  const { size } = await stat(target.output);
  if (size > limits.maxOutputBytes) {
    throw new MediaProblem('media.toolFailed', `over ${limits.maxOutputBytes} bytes came out`);
  }
  const rate = RATE[target.format];
  const meter = new Meter(rate);
  let held: Buffer = Buffer.alloc(0);
  const end = await runFfmpeg({
    tool,
    args: measureArgs(target, limits),
    timeoutMs: limits.runTimeoutMs,
    signal,
    onOutput: (piece) => {
      const joined = held.length === 0 ? piece : Buffer.concat([held, piece]);
      const whole = joined.length - (joined.length % 4);
      held = joined.subarray(whole);
      meter.push(new Float32Array(new Uint8Array(joined.subarray(0, whole)).buffer));
      return true;
    },
  });
  if (end.exitCode !== 0) throw new MediaProblem('media.toolFailed', lastWords(end.stderr));
  const loudness = { ...meter.read(), peaks: meter.peaks };
  return { durationMs: Math.round((meter.samples / rate) * 1000), loudness };
}
