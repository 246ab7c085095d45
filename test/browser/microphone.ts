import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SPEECH, EspeakNgDriver, speakScript } from '../../media/index.js';

const SENTENCES = [
  'Kính thưa bà con trong ấp, đây là bản tin của công an xã.',
  'Tối nay có chốt kiểm tra nồng độ cồn trên đường liên xã.',
  'Đề nghị bà con chấp hành và nhắc nhở nhau. Xin cảm ơn bà con.',
];

/** Somebody who reads into the browser's microphone, again and again. */
export class Speaker {
  private constructor(
    private readonly folder: string,
    private readonly wav: string,
  ) {}

  static async start(): Promise<Speaker> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-microphone-'));
    const driver = new EspeakNgDriver();
    const sentences = SENTENCES.map((said) => ({ said, pause: 'sentence' as const }));
    const { path } = await speakScript({
      driver,
      sentences,
      language: 'vi',
      settings: DEFAULT_SPEECH,
      outputDir: folder,
    });
    await driver.close();
    return new Speaker(folder, path);
  }

  get flags(): readonly string[] {
    return [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${this.wav}`,
    ];
  }

  async stop(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
