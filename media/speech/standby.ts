import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chime } from './chimes.js';
import { WavFile } from './wav-file.js';

const SAMPLE_RATE = 24_000;
/** Repeated, it is heard often enough to tell that the loudspeaker works, and seldom enough to be borne for half an hour. */
const WHOLE_MS = 30_000;

/**
 * What is heard, over and over, in place of a source that gives nothing: a chime and silence, together 30 s. Words would be content,
 * and content is approved by somebody. The same samples each time.
 * @returns path of a new WAV in `folder`
 */
export async function standbySound(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(resolve(folder), `.standby-${randomUUID()}.wav`);
  const wav = await WavFile.create(path);
  try {
    wav.setRate(SAMPLE_RATE);
    await wav.append(chime('dingDong', SAMPLE_RATE), SAMPLE_RATE);
    await wav.pause(WHOLE_MS - wav.durationMs);
    await wav.finish();
  } finally {
    await wav.close();
  }
  return path;
}
