import { describe, expect, test } from '@jest/globals';
import { bundledFfmpeg, findFfmpeg, readVersion } from './tool.js';

describe('finding ffmpeg', () => {
  test('a configured path is used', async () => {
    const bundled = await bundledFfmpeg();
    const tool = await findFfmpeg({ explicitPath: bundled?.path ?? 'ffmpeg' });
    expect(tool.source).toBe('configured');
    expect(tool.version).not.toBe('');
  });
  test('a configured path that does not work is an error, not a reason to take another', async () => {
    await expect(findFfmpeg({ explicitPath: '/nowhere/ffmpeg' })).rejects.toMatchObject({ code: 'media.toolMissing' });
    await expect(findFfmpeg({ explicitPath: process.execPath })).rejects.toMatchObject({ code: 'media.toolMissing' });
  });
  test('without one it is that of the PATH or that of npm', async () => {
    expect((await findFfmpeg()).source).toMatch(/^(path|bundled)$/);
  });
});

describe('what ffmpeg says about itself', () => {
  test('its version', () => {
    expect(
      readVersion('ffmpeg version 5.1.9-0+deb12u1 Copyright\nconfiguration: --enable-libmp3lame --enable-libopus'),
    ).toBe('5.1.9-0+deb12u1');
  });
  test('a build that cannot write both Opus and MP3 does not count', () => {
    expect(readVersion('ffmpeg version 6.0 Copyright\n  configuration: --enable-libopus')).toBeUndefined();
    expect(readVersion('ffmpeg version 6.0 Copyright\n  configuration: --disable-everything')).toBeUndefined();
  });
  test('neither does another program', () => expect(readVersion('v20.20.2')).toBeUndefined());
});
