import { randomBytes } from 'node:crypto';
import { Item, ItemVersion } from '../../src/library/item.entity.js';
import { newId } from '../../src/platform/database/index.js';
import { fold } from '../../src/platform/i18n/index.js';
import type { Station } from './station.js';

export interface Shelved {
  readonly id: string;
  readonly audioSha256: string;
  readonly audio: Buffer;
}

/** An approved item with stored audio, as the library leaves it: neither speech nor ffmpeg is what these specs are about. */
export async function shelve(
  station: Station,
  options: {
    readonly area?: string;
    readonly title?: string;
    readonly planLineId?: string;
    readonly audioBytes?: number;
    readonly durationMs?: number;
  } = {},
): Promise<Shelved> {
  const area = await station.area(options.area ?? 'bp');
  const audio = randomBytes(options.audioBytes ?? 2_000);
  const { sha256, bytes } = await station.platform.store.put(audio);
  const title = options.title ?? 'Bản tin giảm nghèo';
  const id = newId();
  await station.database.write(async ({ manager }) => {
    await manager.insert(Item, {
      id,
      areaId: area.id,
      areaPath: area.path,
      kind: 'recording',
      title,
      titleFolded: fold(title),
      topic: '',
      field: 1,
      audience: [],
      form: '',
      language: 'vi',
      programme: '',
      sourceOffice: '',
      planLineId: options.planLineId ?? null,
      createdBy: 'author',
      createdAtMs: station.platform.clock.nowMs(),
      currentVersion: 1,
      approvedVersion: 1,
    });
    await manager.insert(ItemVersion, {
      itemId: id,
      n: 1,
      text: null,
      textSha256: null,
      authorId: 'author',
      authorName: 'Chị Hoa',
      createdAtMs: station.platform.clock.nowMs(),
      status: 'approved',
      statusReason: null,
      approverId: 'approver',
      approverName: 'Anh Nam',
      decidedAtMs: station.platform.clock.nowMs(),
      uploadSha256: null,
      audioState: 'ready',
      audioProblem: null,
      audioSha256: sha256,
      audioBytes: bytes,
      audioType: 'audio/ogg; codecs=opus',
      audioDurationMs: options.durationMs ?? 60_000,
      loudness: null,
    });
  });
  return { id, audioSha256: sha256, audio };
}
