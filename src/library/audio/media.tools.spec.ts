import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { MEDIA_PROBLEM_CODES } from '../../../media/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import { type Log, silentLog } from '../../platform/logging/index.js';
import './media.problems.js';
import { MediaTools } from './media.tools.js';

describe('media tools', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  async function started(ffmpegPath: string | null) {
    const warn = jest.fn<Log['warn']>();
    const tools = new MediaTools({ ...silentLog, warn });
    await tools.start({ ffmpegPath, cacheDir: null });
    await tools.stop();
    return warn;
  }

  it('warns when only the ffmpeg of 2018 is there', async () => {
    process.env.PATH = '';
    expect(await started(null)).toHaveBeenCalledWith(
      expect.objectContaining({ source: 'bundled' }),
      expect.stringContaining('install a current one'),
    );
  });

  it('a configured ffmpeg that does not work stops the start', async () =>
    expect(started('/no/such/ffmpeg')).rejects.toMatchObject({ code: 'media.toolMissing' }));

  it('has a voice for Vietnamese of every region, and for no other language', () => {
    const tools = new MediaTools(silentLog);
    expect(['vi', 'vi-VN', 'mnn', 'en', 'vie'].map((language) => tools.speaks(language))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it.each(MEDIA_PROBLEM_CODES)('%s has a text in both languages', (code) =>
    expect(problemRegistry.get(code)).toMatchObject({
      vi: expect.stringMatching(/\S/),
      en: expect.stringMatching(/\S/),
    }),
  );
});
