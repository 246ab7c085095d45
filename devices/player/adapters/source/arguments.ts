/** What a stream of a radio may be: HLS, or an endless file. A playlist that names anything else is not opened. */
const STREAM_FORMATS = 'hls,applehttp,mpegts,mp3,aac,ogg,flac,wav,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm';
/** HTTP and what it stands on; `crypto` is the AES of HLS. No file, no pipe, no device. */
const STREAM_PROTOCOLS = 'http,https,tcp,tls,crypto,hls';
const PCM = ['-ac', '1', '-ar', '48000', '-f', 's16le', 'pipe:1'];

/** The address as ffmpeg gets it. Throws a RangeError unless it is http or https with a host. */
export function streamUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') throw new RangeError('not an address of HTTP');
  return url.href;
}

/** ffmpeg, from a stream to mono PCM (sink/pace.ts). @param silentMs after so long without a byte ffmpeg gives up by itself */
export function streamArguments(url: string, silentMs: number): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
    ...['-protocol_whitelist', STREAM_PROTOCOLS, '-format_whitelist', STREAM_FORMATS],
    ...['-rw_timeout', String(silentMs * 1_000), '-user_agent', 'vang-player'],
    // A radio is wanted as it is now, not analysed for seconds first.
    ...['-probesize', '65536', '-analyzeduration', '1000000', '-fflags', 'nobuffer'],
    ...['-i', streamUrl(url)],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn'],
    ...PCM,
  ];
}

/** arecord, from the input of a sound card to the same PCM. `card` is a setting of this machine, never of a plan. */
export function captureArguments(card: string): string[] {
  return ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', '48000', '-c', '1', '--buffer-time=200000', '-D', card];
}
