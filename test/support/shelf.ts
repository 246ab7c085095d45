import { randomBytes } from 'node:crypto';
import { ApprovalService } from '../../src/library/approval/approval.service.js';
import { Item, ItemVersion } from '../../src/library/items/item.entity.js';
import { type NewPlan, newPlan } from '../../src/plans/plan.api.js';
import { PlanService } from '../../src/plans/plan.service.js';
import { type Database, newId } from '../../src/platform/database/index.js';
import { fold } from '../../src/platform/i18n/index.js';
import type { Platform } from '../../src/platform/platform.module.js';
import { newEntry } from '../../src/scheduling/entries/entry.api.js';
import { EntryService } from '../../src/scheduling/entries/entry.service.js';
import { newRuleSet } from '../../src/scheduling/rules/rule-set.api.js';
import { RuleSetService } from '../../src/scheduling/rules/rule-set.service.js';
import { person, type Station } from './station.js';

export interface Shelved {
  readonly id: string;
  readonly audioSha256: string;
  readonly audio: Buffer;
}

/** What of a station it needs: benches have no station. */
export interface Shelf {
  readonly platform: Pick<Platform, 'store' | 'clock'>;
  readonly database: Database;
  area(code: string): Promise<{ readonly id: string; readonly path: string }>;
}

/** An approved item (or a draft of one) with stored audio, as the library leaves it: neither speech nor ffmpeg is what these specs are about. */
export async function shelve(
  station: Shelf,
  options: {
    readonly area?: string;
    readonly title?: string;
    readonly planLineId?: string;
    readonly audioBytes?: number;
    readonly durationMs?: number;
    readonly status?: 'approved' | 'draft';
    readonly textSha256?: string;
  } = {},
): Promise<Shelved> {
  const area = await station.area(options.area ?? 'bp');
  const audio = randomBytes(options.audioBytes ?? 2_000);
  const { sha256, bytes } = await station.platform.store.put(audio);
  const { title = 'Bản tin giảm nghèo', status = 'approved' } = options;
  const id = newId();
  await station.database.write(async ({ manager }) => {
    await manager.insert(Item, {
      id,
      groupId: id,
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
      approvedVersion: status === 'approved' ? 1 : null,
    });
    await manager.insert(ItemVersion, {
      itemId: id,
      n: 1,
      text: null,
      textSha256: options.textSha256 ?? null,
      authorId: 'author',
      authorName: 'Chị Hoa',
      createdAtMs: station.platform.clock.nowMs(),
      status,
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

/** Daily from Monday on at a local time, in a commune, through the front door of the schedule. */
export async function schedule(
  station: Station,
  itemId: string,
  time: string,
  options: {
    readonly area?: string;
    readonly clusterIds?: readonly string[];
    readonly devices?: string;
    /** Relayed for so long; without it the item has its own length. */
    readonly relayMs?: number;
  } = {},
): Promise<string> {
  const { area = 'ak', clusterIds = null, devices, relayMs } = options;
  const recurrence = { kind: 'daily', from: '2026-01-05', until: null, time };
  const what = relayMs === undefined ? { itemId } : { runningOrder: [{ kind: 'relay', itemId, durationMs: relayMs }] };
  const request = newEntry.parse({ areaId: (await station.area(area)).id, ...what, recurrence, clusterIds, devices });
  return (await station.get(EntryService).create(station.root, request)).id;
}

export async function cancel(station: Station, entryId: string): Promise<void> {
  await station.get(EntryService).cancel(station.root, entryId);
}

export async function withdraw(station: Station, itemId: string): Promise<void> {
  await station
    .get(ApprovalService)
    .withdraw(person('Chủ tịch xã', 'approver', '/'), itemId, { reason: 'Sai số liệu' });
}

/** Operating rules (quy chế) of an area: when it may sound, every day. */
export async function rule(station: Station, area: string, from: string, until: string): Promise<void> {
  const request = newRuleSet.parse({
    areaId: (await station.area(area)).id,
    number: '12/QC-UBND',
    date: '2025-12-01',
    validFrom: '2026-01-01',
    windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from, until }],
  });
  await station.get(RuleSetService).create(station.root, request);
}

/** A communication plan of the province (or another area) with one line. */
export async function planWithLine(
  station: Station,
  line: Partial<NewPlan['lines'][number]> = {},
  area = 'bp',
): Promise<string> {
  const { id: areaId } = await station.area(area);
  const request = newPlan.parse({
    areaId,
    number: '288/KH-UBND',
    title: 'Truyền thông giảm nghèo',
    issuer: 'UBND',
    issuedOn: '2025-12-01',
    periodFrom: '2026-01-01',
    periodTo: '2026-12-31',
    lines: [
      {
        kind: 'radioScript',
        title: 'Bài truyền thanh',
        target: 1,
        unit: 'bài',
        criterion: 'playedEveryHamlet',
        ...line,
      },
    ],
  });
  const plan = await station.get(PlanService).create(station.root, request);
  return plan.lines[0]?.id ?? '';
}
