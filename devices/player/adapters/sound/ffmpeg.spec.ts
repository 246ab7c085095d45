import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../config.js';
import { createLog } from '../../logger.js';
import { chooseFfmpeg, programOnPath } from './ffmpeg.js';

async function chosen(there: { configured?: string; onPath?: string; bundled?: string }) {
  const lines: string[] = [];
  const asked: string[] = [];
  const path = await chooseFfmpeg(
    there.configured,
    createLog('info', (line) => lines.push(line)),
    {
      onPath: async () => {
        asked.push('path');
        return there.onPath;
      },
      bundled: async () => {
        asked.push('npm');
        return there.bundled;
      },
    },
  );
  return { path, asked, log: lines.map((line) => JSON.parse(line)) };
}

describe('which ffmpeg decodes', () => {
  test('the configured one, and no other is looked for', async () => {
    expect(await chosen({ configured: '/opt/ffmpeg', onPath: '/usr/bin/ffmpeg', bundled: '/npm/ffmpeg' })).toEqual({
      path: '/opt/ffmpeg',
      asked: [],
      log: [],
    });
  });

  test('else that of the PATH; that of npm is not even loaded', async () => {
    expect(await chosen({ onPath: '/usr/bin/ffmpeg', bundled: '/npm/ffmpeg' })).toEqual({
      path: '/usr/bin/ffmpeg',
      asked: ['path'],
      log: [],
    });
  });

  test('else that of npm, with a warning', async () => {
    const { path, asked, log } = await chosen({ bundled: '/npm/ffmpeg' });
    expect([path, asked]).toEqual(['/npm/ffmpeg', ['path', 'npm']]);
    expect(log).toMatchObject([{ level: 'warn', event: 'bundledFfmpeg', path: '/npm/ffmpeg' }]);
  });

  test('none at all is for a person to correct', async () => {
    const choice = chosen({});
    await expect(choice).rejects.toThrow(ConfigError);
    await expect(choice).rejects.toThrow(/VANG_PLAYER_FFMPEG/);
  });
});

describe('a program on the PATH', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'vang-path-'));
    for (const folder of ['none', 'file', 'program', 'later', 'folder/tool']) {
      await mkdir(join(root, folder), { recursive: true });
    }
    for (const folder of ['file', 'program', 'later']) await writeFile(join(root, folder, 'tool'), '#!/bin/sh\n');
    for (const folder of ['program', 'later']) await chmod(join(root, folder, 'tool'), 0o755);
  });
  afterAll(() => rm(root, { recursive: true }));
  const path = (...folders: string[]) => folders.map((folder) => folder && join(root, folder)).join(delimiter);

  test('is the first that may be executed', async () => {
    const all = path('gone', 'none', '', 'folder', 'file', 'program', 'later');
    expect(await programOnPath('tool', all)).toBe(join(root, 'program', 'tool'));
  });

  test('is not a folder, nor a file that may not be executed', async () => {
    expect(await programOnPath('tool', path('none', 'folder', 'file'))).toBeUndefined();
    expect(await programOnPath('tool', '')).toBeUndefined();
  });
});
