import { resolve } from 'node:path';
import type { Container, ContainerFormat } from './container/identify.js';

const DEMUXER: Record<ContainerFormat, string> = {
  wav: 'wav',
  mp3: 'mp3',
  ogg: 'ogg',
  flac: 'flac',
  mp4: 'mov',
  webm: 'matroska',
};

/** What may stand inside the accepted containers. Others, most of all video decoders, are never opened. */
const CODECS = [
  'mp3,mp3float,aac,alac,flac,opus,libopus,vorbis,libvorbis,speex,libspeex',
  'pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw,pcm_s16be',
  'adpcm_ms,adpcm_ima_wav,gsm_ms,libgsm_ms',
].join(',');

export interface GuardedInput {
  readonly path: string;
  readonly container: Pick<Container, 'format' | 'strict'>;
  /** Stop reading behind this much sound. */
  readonly maxDurationMs: number;
}

/**
 * ffmpeg's arguments up to and with `-i`. Protocol, demuxer and codecs are closed lists, so that no file, whatever is in it,
 * makes ffmpeg open another file or an address; one thread and bounded allocations, so that none takes the machine.
 */
export function inputArgs({ path, container: { format, strict }, maxDurationMs }: GuardedInput): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info', '-max_alloc', String(128 * 1024 ** 2)],
    ...['-filter_threads', '1', '-filter_complex_threads', '1'],
    ...(strict ? ['-xerror'] : []),
    ...['-protocol_whitelist', 'file,pipe', '-codec_whitelist', CODECS, '-threads', '1'],
    ...(format === 'mp4' ? ['-enable_drefs', '0', '-use_absolute_path', '0'] : []),
    ...['-t', String((maxDurationMs + 2000) / 1000), '-f', DEMUXER[format], '-i', `file:${resolve(path)}`],
  ];
}
