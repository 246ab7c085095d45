import { execa } from 'execa';
import { MediaProblem } from './problem.js';

export interface FfmpegTool {
  /** What to start: an absolute path, or `ffmpeg` when it was found on the PATH. */
  readonly path: string;
  /** `bundled` is the build of 2018 that npm carries: good enough, but the operator should be told to install a newer one. */
  readonly source: 'configured' | 'path' | 'bundled';
  /** As the tool states it, e.g. `5.1.9-0+deb12u1`. */
  readonly version: string;
}

const ENCODERS = ['--enable-libopus', '--enable-libmp3lame'];

/** What `ffmpeg -version` says about itself, or undefined when it is no ffmpeg that can write Opus and MP3. */
export function readVersion(banner: string): string | undefined {
  const version = /^ffmpeg version (\S+)/.exec(banner)?.[1];
  // Some builds state no configuration; they get the benefit of the doubt.
  const configuration = /^\s*configuration:(.*)$/m.exec(banner)?.[1];
  if (configuration !== undefined && !ENCODERS.every((each) => configuration.includes(each))) return undefined;
  return version;
}

/**
 * Finds ffmpeg, starting each candidate once at most: the configured one, the PATH, the one from npm.
 * A configured path that does not work is an error, not a reason to look further: somebody meant that very build.
 */
export async function findFfmpeg({ explicitPath }: { explicitPath?: string } = {}): Promise<FfmpegTool> {
  if (explicitPath !== undefined) {
    const version = await askVersion(explicitPath);
    if (version === undefined)
      throw new MediaProblem('media.toolMissing', `no ffmpeg with libopus and libmp3lame at ${explicitPath}`);
    return { path: explicitPath, source: 'configured', version };
  }
  const onPath = await askVersion('ffmpeg');
  if (onPath !== undefined) return { path: 'ffmpeg', source: 'path', version: onPath };
  const bundled = await bundledFfmpeg();
  if (bundled === undefined) throw new MediaProblem('media.toolMissing', 'no ffmpeg on the PATH, none from npm');
  return bundled;
}

/** The ffmpeg carried by @ffmpeg-installer, or undefined where npm has none for this machine. */
export async function bundledFfmpeg(): Promise<FfmpegTool | undefined> {
  // The package throws while loading on a platform that it does not know, hence not a static import.
  const path = await import('@ffmpeg-installer/ffmpeg').then(
    (installer) => installer.default.path,
    () => undefined,
  );
  if (path === undefined) return undefined;
  const version = await askVersion(path);
  return version === undefined ? undefined : { path, source: 'bundled', version };
}

async function askVersion(path: string): Promise<string | undefined> {
  const end = await execa(path, ['-hide_banner', '-version'], {
    reject: false,
    stdin: 'ignore',
    timeout: 20_000,
    maxBuffer: 65_536,
  });
  return end.exitCode === 0 ? readVersion(end.stdout) : undefined;
}
