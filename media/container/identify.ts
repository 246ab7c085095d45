import { MediaProblem } from '../problem.js';
import { type Bytes, withFile } from './bytes.js';
import { statedFlacMs } from './flac.js';
import { readMp3Head, statedMp3Ms } from './mp3.js';
import { checkMp4 } from './mp4.js';
import { checkOgg } from './ogg.js';
import { checkWav, statedWavMs } from './wav.js';
import { checkWebm, isWebm } from './webm.js';

/** The closed list of what is accepted. Playlists, concat scripts and manifests are not on it and reach no demuxer. */
export type ContainerFormat = 'wav' | 'mp3' | 'ogg' | 'flac' | 'mp4' | 'webm';

export interface Container {
  readonly format: ContainerFormat;
  readonly bytes: number;
  /** Length that the header states, where it states one; the decoded length must come up to it. */
  readonly statedMs: number | undefined;
  /**
   * Whether an error while decoding means that the file is damaged. MP3s in the field carry small faults that every player
   * skips, and a WAV that streamed ends where ffmpeg still expects more.
   */
  readonly strict: boolean;
}

interface Found {
  readonly format: ContainerFormat;
  /** Where the container begins: behind an ID3 tag, if there is one. */
  readonly offset: number;
}

/** Says by its first bytes what a file is, and refuses one whose own structure shows that a part is missing. */
export async function identify(path: string, maxBytes: number): Promise<Container> {
  return withFile(path, async (bytes) => {
    if (bytes.size > maxBytes) throw new MediaProblem('media.tooLong', `${bytes.size} bytes, at most ${maxBytes}`);
    const found = await sniff(bytes);
    if (found === undefined) throw new MediaProblem('media.notAudio', 'no known audio format');
    return { format: found.format, bytes: bytes.size, ...(await inspect(bytes, found)) };
  });
}

/** Which format the first bytes show, without looking further; undefined for everything outside the list. */
export async function sniff(bytes: Bytes): Promise<Found | undefined> {
  const offset = await behindId3(bytes);
  const head = await bytes.read(offset, 16);
  const word = (at: number) => head.toString('latin1', at, at + 4);
  if (word(0) === 'fLaC') return { format: 'flac', offset };
  if (readMp3Head(head) !== undefined) return { format: 'mp3', offset };
  if (offset !== 0) return undefined; // an ID3 tag stands before MP3 and FLAC only
  if (word(0) === 'RIFF' && word(8) === 'WAVE') return { format: 'wav', offset };
  if (word(0) === 'OggS') return { format: 'ogg', offset };
  if (word(4) === 'ftyp') return { format: 'mp4', offset };
  if (isWebm(await bytes.read(0, 4096))) return { format: 'webm', offset };
  return undefined;
}

async function inspect(bytes: Bytes, { format, offset }: Found): Promise<Pick<Container, 'statedMs' | 'strict'>> {
  switch (format) {
    case 'wav':
      return (await checkWav(bytes)) === 'stated'
        ? { statedMs: await statedWavMs(bytes), strict: true }
        : { statedMs: undefined, strict: false };
    case 'mp4':
      await checkMp4(bytes);
      return { statedMs: undefined, strict: true };
    case 'webm':
      await checkWebm(bytes);
      return { statedMs: undefined, strict: true };
    case 'ogg':
      await checkOgg(bytes);
      return { statedMs: undefined, strict: true };
    case 'flac':
      return { statedMs: await statedFlacMs(bytes, offset), strict: true };
    case 'mp3':
      return { statedMs: await statedMp3Ms(bytes, offset), strict: false };
  }
}

async function behindId3(bytes: Bytes): Promise<number> {
  const head = await bytes.read(0, 10);
  if (head.length < 10 || head.toString('latin1', 0, 3) !== 'ID3') return 0;
  // Four bytes of seven bits each (id3.org, ID3v2 §3.1); bit 4 of the flags announces a footer.
  const length = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (head.readUInt8(at) & 0x7f), 0);
  return 10 + length + ((head.readUInt8(5) & 0x10) !== 0 ? 10 : 0);
}
