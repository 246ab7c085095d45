import { refusalOf } from './wire.js';

export interface Upload {
  readonly path: string;
  readonly body: Blob;
  readonly headers: Readonly<Record<string, string>>;
  /** Parts of 1 that have left this machine. */
  readonly progress: (part: number) => void;
}

/** A slow line is no fault, a silent one is. */
const SILENT_FOR_MS = 40_000;

/**
 * Sends one file as the whole body. XMLHttpRequest, because only it tells how much has left. Rejects with `Refused` when the
 * service says no, and with another error when it was not reached or the line went silent.
 */
export function upload<T>({ path, body, headers, progress }: Upload): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = 0;
    const alive = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), SILENT_FOR_MS);
    };
    const lost = () => reject(new Error('the line was lost'));
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      alive();
      progress(total > 0 ? loaded / total : 0);
    });
    request.addEventListener('error', lost);
    request.addEventListener('abort', lost);
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText) as T);
      else reject(refusalOf(status, responseText));
    });
    request.addEventListener('loadend', () => window.clearTimeout(timer));
    request.open('POST', path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    alive();
    request.send(body);
  });
}
