import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ANSWERS_FILE, type AnsweredSession } from '../../../proof/archive/contents.js';
import type { ArchiveHead } from '../../../proof/archive/manifest.js';
import { parseCheckpoint } from '../../../proof/index.js';
import { type DeviceRecord, FILES, type ReceiptRun } from '../../../proof/pack/contents.js';
import type { PackSource } from '../../../proof/pack/writer.js';
import { AreaService } from '../../areas/index.js';
import { type EnrolmentStory, enrolmentStories } from '../../fleet/index.js';
import { Database } from '../../platform/database/index.js';
import { KeyHistory, KeyRing } from '../../platform/keys/index.js';
import { doubtsOf } from '../doubts/doubt.queries.js';
import { entryOf, evidenceRuns } from '../evidence.queries.js';
import { type CommonProof, commonProof } from '../log/common-proof.js';
import { TransparencyLog } from '../log/transparency-log.js';
import { ArchivedReceipts } from './archived.reader.js';
import type { ChosenSession, Portion } from './choice.js';

/** A run with what of it leaves. */
interface LeavingRun {
  readonly batchId: string;
  readonly receiptIds: readonly string[];
  /** Its leaves are found when the file is written. */
  readonly run: Omit<ReceiptRun, 'leaves'>;
}

/** What one archive holds, gathered: as much as may be in memory. */
export interface ArchiveContent {
  readonly devices: readonly { readonly record: DeviceRecord; readonly runs: readonly LeavingRun[] }[];
  readonly sessions: readonly ChosenSession[];
  readonly keySets: readonly { readonly version: number; readonly signed: string }[];
  /** Runs that are not here whole: they stay, and somebody has to know. */
  readonly lost: readonly string[];
}

@Injectable()
export class ArchiveContents {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly transparency: TransparencyLog,
    private readonly archived: ArchivedReceipts,
    private readonly keys: KeyRing,
    private readonly history: KeyHistory,
  ) {}

  /** Looks everything up that an archive of this portion holds. Not inside a transaction. */
  async gather({ receiptIds, sessions }: Portion): Promise<ArchiveContent> {
    const controllerIds = [...receiptIds.keys()];
    const stories = await this.database.read((reader) => enrolmentStories(reader, controllerIds));
    const doubts = await this.database.read((reader) => doubtsOf(reader, controllerIds));
    const lost: string[] = [];
    const devices: { record: DeviceRecord; runs: LeavingRun[] }[] = [];
    for (const story of stories) {
      const area = await this.database.read((reader) => this.areas.byId(reader, story.cluster.areaId));
      const place = { id: story.cluster.areaId, name: area?.name ?? story.cluster.name };
      const record = recordOf(story, place, doubts.get(story.controller.id) ?? null);
      const own = receiptIds.get(record.device) ?? [];
      const runs = await this.#runsOf(record, own, lost);
      if (runs.length > 0) devices.push({ record, runs });
    }
    return { devices, sessions, keySets: await this.#keySets(), lost };
  }

  async #runsOf({ device, keys }: DeviceRecord, receiptIds: readonly string[], lost: string[]): Promise<LeavingRun[]> {
    const runs: LeavingRun[] = [];
    const onLost = ({ boot, first, last }: { boot: number; first: number; last: number }) =>
      lost.push(`${device} ${boot}/${first}–${last}`);
    const sources = { database: this.database, archived: this.archived, onLost };
    const history = keys.map(({ publicKey }) => publicKey);
    for await (const { batch, key, receipts } of evidenceRuns(sources, device, receiptIds, history)) {
      await nextTurn();
      const wanted = receipts.filter((entry) => entry.wanted);
      // Left meanwhile for another archive.
      if (batch.id === null) continue;
      const { id: batchId, boot, first, last, previous, link, signature, receivedAtMs } = batch;
      const run = {
        ...{ boot, first, last, previous, link, key, signature, receivedAtMs },
        receipts: receipts.map(entryOf),
        apart: receipts.flatMap(({ apart }, n) => (apart ? [first + n] : [])),
      };
      runs.push({ batchId, receiptIds: wanted.map(({ id }) => id), run });
    }
    return runs;
  }

  async #keySets() {
    const sets = await this.database.read((reader) => this.history.sets(reader));
    // A folder that was opened without a service has its set and no history yet.
    const { version, keySet: signed } = this.keys;
    return sets.some((set) => set.version === version) ? sets : [...sets, { version, signed }];
  }

  /** Of the receipts that the archive holds; null: it holds none. */
  async logOf({ devices }: ArchiveContent): Promise<CommonProof | null> {
    const ids = devices.flatMap(({ runs }) => runs.flatMap(({ receiptIds }) => receiptIds));
    return ids.length > 0 ? commonProof(this.database, this.transparency, ids) : null;
  }

  headOf(
    { devices, sessions }: ArchiveContent,
    log: CommonProof | null,
    said: Pick<ArchiveHead, 'name' | 'madeAtMs' | 'rule'>,
  ): ArchiveHead {
    const runs = devices.flatMap((each) => each.runs);
    const times = runs.map(({ run }) => run.receivedAtMs).sort((a, b) => a - b);
    const [fromMs, toMs] = [times[0], times.at(-1)];
    const parsed = log && parseCheckpoint(log.checkpoint);
    return {
      ...said,
      demo: this.database.isDemo(),
      received: fromMs === undefined || toMs === undefined ? null : { fromMs, toMs },
      checkpoint: parsed?.ok ? { origin: parsed.checkpoint.origin, size: parsed.checkpoint.size } : null,
      counts: {
        ...{ devices: devices.length, runs: runs.length },
        receipts: runs.reduce((sum, { receiptIds }) => sum + receiptIds.length, 0),
        ...{ sessions: sessions.length, answers: sessions.reduce((sum, { answers }) => sum + answers.length, 0) },
      },
    };
  }

  /** The files of the archive, in their order. */
  async *filesOf({ devices, sessions, keySets }: ArchiveContent, log: CommonProof | null): AsyncGenerator<PackSource> {
    yield { name: FILES.root, content: Buffer.from(this.keys.rootPublicKey) };
    for (const { version, signed } of keySets) yield { name: FILES.keySet(version), content: Buffer.from(signed) };
    if (log) {
      yield { name: FILES.checkpoint, content: Buffer.from(log.checkpoint) };
      yield { name: FILES.proof, content: Buffer.from(JSON.stringify(log.proof)) };
    }
    for (const { record } of devices)
      yield { name: FILES.device(record.device), content: Buffer.from(JSON.stringify(record)) };
    for (const { record, runs } of devices)
      yield { name: FILES.receipts(record.device), content: lines(runs.map((each) => numbered(each, log))) };
    if (sessions.length > 0) yield { name: ANSWERS_FILE, content: lines(sessions.map(answeredSessionOf)) };
  }
}

const numbered = ({ run, receiptIds }: LeavingRun, log: CommonProof | null): ReceiptRun => ({
  ...run,
  leaves: receiptIds.map((id) => log?.numbers.get(id) ?? null),
});

async function* lines(rows: readonly object[]): AsyncGenerator<Uint8Array> {
  for (const row of rows) {
    yield Buffer.from(`${JSON.stringify(row)}\n`);
    await nextTurn();
  }
}

/** Whose key it was, when. Photographs of the handover stay with the device. */
function recordOf(
  { controller, cluster, keys, handover }: EnrolmentStory,
  area: { readonly id: string; readonly name: string },
  doubtedFromMs: number | null,
): DeviceRecord {
  const { revokedAtMs, revokedReason } = controller;
  return {
    ...{ v: 2, device: controller.id, model: controller.model, serial: controller.serial },
    simulated: controller.simulated,
    cluster: { id: cluster.id, code: cluster.code, name: cluster.name, reach: cluster.reach },
    ...{ area, enrolledAtMs: controller.enrolledAtMs, enrolledBy: handover?.technicianName ?? null },
    keys: keys.map(({ publicKey, fromMs, untilMs }) => ({ publicKey, fromMs, untilMs })),
    revoked: revokedAtMs === null ? null : { atMs: revokedAtMs, reason: revokedReason },
    doubtedFromMs,
    handover: null,
  };
}

function answeredSessionOf({ session, answers }: ChosenSession): AnsweredSession {
  const { id, hamletId, hamletName, communeName, day, startMs, endMs, clusters, plays } = session;
  return {
    ...{ id, hamlet: { id: hamletId, name: hamletName, commune: communeName }, day, startMs, endMs },
    clusters: [...clusters],
    plays: plays.map((play) => ({ ...play })),
    answers: answers.map(({ sessionId: _session, archive: _archive, ...given }) => given),
  };
}
