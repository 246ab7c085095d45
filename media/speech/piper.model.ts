import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MediaProblem } from '../problem.js';
import type { SpeechVoice } from './port.js';

/** What Piper's own description beside a model says of it. */
export interface PiperModel {
  readonly voice: SpeechVoice;
  /** The pace its maker gave it: above 1 is slower. */
  readonly lengthScale: number;
  /** Of the model and its description: another file, another voice. */
  readonly version: string;
}

/** Reads `<model>.onnx.json`. Throws `speech.failed` for a model that cannot be read or does not say what language it speaks. */
export async function readPiperModel(model: string): Promise<PiperModel> {
  try {
    const description = await readFile(`${model}.json`, 'utf8');
    const digest = createHash('sha256').update(description);
    for await (const piece of createReadStream(model) as AsyncIterable<Buffer>) digest.update(piece);
    return describe(basename(model, '.onnx'), JSON.parse(description), digest.digest('hex').slice(0, 16));
  } catch (error) {
    if (error instanceof MediaProblem) throw error;
    throw new MediaProblem('speech.failed', `Piper's model ${model}: ${String(error)}`, { cause: error });
  }
}

function describe(name: string, description: unknown, version: string): PiperModel {
  const code = text(at(description, 'language', 'code')) ?? text(at(description, 'espeak', 'voice'));
  const language = /^[a-z]{2,3}(?=$|[-_])/.exec(code ?? '')?.[0];
  if (language === undefined) throw new MediaProblem('speech.failed', `Piper's model ${name} states no language`);
  const lengthScale = at(description, 'inference', 'length_scale');
  return {
    voice: { id: name, language, name: `Piper ${name}` },
    lengthScale: typeof lengthScale === 'number' && lengthScale > 0 ? lengthScale : 1,
    version,
  };
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
