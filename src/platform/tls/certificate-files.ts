import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Log } from '../logging/log.js';

/** Both in PEM; the certificate with those that vouch for it behind it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificatePlace {
  readonly certFile: string;
  readonly keyFile: string;
}

/** How often the files are looked at. Polled, because renewal replaces links and files in ways that events miss. */
const LOOK_EVERY_MS = 30_000;

/** A certificate and its key as files that somebody renews: read at the start, and again when they change. */
export class CertificateFiles {
  constructor(
    private readonly place: CertificatePlace,
    private readonly log: Log,
    private readonly lookEveryMs = LOOK_EVERY_MS,
  ) {}

  /** @throws {Error} that names the files, if they cannot be read or do not belong together */
  read(): Certificate {
    const { certFile, keyFile } = this.place;
    try {
      const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
      createSecureContext(pair);
      return pair;
    } catch (error) {
      // Not the cause itself: OpenSSL's message may hold a piece of the file.
      const code = error instanceof Object && 'code' in error ? ` (${String(error.code)})` : '';
      throw new Error(`The TLS certificate ${certFile} and the key ${keyFile} cannot be used${code}`);
    }
  }

  /** Calls back with each new pair. A half-written or mismatched one is logged and the former stays. @returns ends it */
  watch(renewed: (pair: Certificate) => void): () => void {
    let last = this.read().cert;
    const look = () => {
      try {
        const pair = this.read();
        if (pair.cert === last) return;
        last = pair.cert;
        renewed(pair);
        this.log.info({ certificate: this.place.certFile }, 'A renewed TLS certificate is in use');
      } catch (error) {
        // Two files are never replaced at once; the second one's change comes here again.
        this.log.warn({ err: error }, 'The former TLS certificate stays in use');
      }
    };
    const files = [this.place.certFile, this.place.keyFile];
    for (const file of files) watchFile(file, { interval: this.lookEveryMs, persistent: false }, look);
    return () => {
      for (const file of files) unwatchFile(file, look);
    };
  }
}
