import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export type DecodeEnd =
  | { readonly ok: true }
  | { readonly ok: false; readonly fault: 'file' | 'program'; readonly detail: string };

export interface Decoding {
  /** Mono 48 kHz s16le. */
  readonly pcm: Readable;
  readonly ended: Promise<DecodeEnd>;
  kill(): void;
}

/** Only what a file can be; a playlist that names other files or hosts is not opened. */
const FORMATS = 'ogg,mp3,flac,wav,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm';

export function decodeArguments(path: string, seekMs: number, volume: number): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ...['-protocol_whitelist', 'file', '-format_whitelist', FORMATS],
    ...(seekMs > 0 ? ['-ss', (seekMs / 1000).toFixed(3)] : []),
    ...['-i', `file:${path}`],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn'],
    ...(volume === 100 ? [] : ['-af', `volume=${(volume / 100).toFixed(2)}`]),
    ...['-ac', '1', '-ar', '48000', '-f', 's16le', 'pipe:1'],
  ];
}

/** `ffmpeg` with an argument array, never a shell. */
export class FfmpegDecoder {
  constructor(private readonly program: string) {}

  decode(path: string, seekMs: number, volume: number): Decoding {
    // A process group of its own: Ctrl-C on the player's terminal is for the player, who then stops this in good order.
    const child = spawn(this.program, decodeArguments(path, seekMs, volume), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-500);
    });
    const ended = new Promise<DecodeEnd>((done) => {
      child.on('error', (error) => done({ ok: false, fault: 'program', detail: error.message }));
      child.on('close', (code, signal) => {
        if (code === 0) return done({ ok: true });
        // 255 is how ffmpeg ends on a signal that it caught.
        const fault = signal !== null || code === 255 ? 'program' : 'file';
        done({ ok: false, fault, detail: said.trim() || `ffmpeg ended with ${signal ?? code}` });
      });
    });
    child.stdout.on('error', () => undefined);
    return { pcm: child.stdout, ended, kill: () => void child.kill('SIGKILL') };
  }
}
