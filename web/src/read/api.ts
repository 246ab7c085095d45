import { plainType } from '../send/api.js';
import { upload } from '../upload.js';
import { Wire } from '../wire.js';

/** The parts of the service's API that the page behind a recording link reads. */
export interface Reading {
  readonly title: string;
  readonly text: string;
  readonly language: string;
  readonly speakerName: string;
  readonly takesLeft: number;
  readonly validUntilMs: number;
  readonly mostFileBytes: number;
  readonly lastTake: {
    readonly state: 'none' | 'rendering' | 'ready' | 'failed';
    readonly durationMs: number | null;
    readonly problem: { readonly vi: string; readonly en: string } | null;
  } | null;
}

export class ReadApi extends Wire {
  readonly #path: string;

  constructor(language: string, token: string) {
    super(language);
    this.#path = `/api/public/recordings/${encodeURIComponent(token)}`;
  }

  reading(): Promise<Reading> {
    return this.read(this.#path);
  }

  take(body: Blob, progress: (part: number) => void): Promise<Reading> {
    const headers = { 'accept-language': this.language, 'content-type': plainType(body.type) };
    return upload({ path: this.#path, body, headers, progress });
  }
}
