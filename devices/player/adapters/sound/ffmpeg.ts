import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ConfigError } from '../../config.js';
import type { Log } from '../../logger.js';

/** Where an ffmpeg may be; undefined where there is none. */
export interface FfmpegLookUps {
  onPath(): Promise<string | undefined>;
  bundled(): Promise<string | undefined>;
}

/** @param path the PATH of this process; reading the environment is main's alone */
export const lookUpsOf = (path: string | undefined): FfmpegLookUps => ({
  onPath: () => programOnPath('ffmpeg', path),
  bundled,
});

/**
 * The ffmpeg to decode with: the configured one untried (somebody meant that very build), else that of the PATH, else that of npm.
 * Throws a ConfigError where there is none at all: such a player would find out at its first play.
 */
export async function chooseFfmpeg(configured: string | undefined, log: Log, lookUps: FfmpegLookUps): Promise<string> {
  if (configured !== undefined) return configured;
  const onPath = await lookUps.onPath();
  if (onPath !== undefined) return onPath;
  const carried = await lookUps.bundled();
  if (carried === undefined)
    throw new ConfigError('VANG_PLAYER_FFMPEG: no ffmpeg on the PATH and none from npm; install ffmpeg or name one');
  log.warn('bundledFfmpeg', { path: carried, meaning: 'no ffmpeg on the PATH: that of npm, of 2018, decodes' });
  return carried;
}

/** The first program of that name that may be executed, as the shell would find it. */
export async function programOnPath(name: string, path = '/usr/bin:/bin'): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const program = join(folder, name);
    const runs = await Promise.all([stat(program), access(program, constants.X_OK)]).then(
      ([found]) => found.isFile(),
      () => false,
    );
    if (runs) return program;
  }
  return undefined;
}

async function bundled(): Promise<string | undefined> {
  // Not on every device, and it throws while loading on a platform that it does not know: hence not a static import.
  return import('@ffmpeg-installer/ffmpeg').then(
    (installer) => installer.default.path,
    () => undefined,
  );
}
