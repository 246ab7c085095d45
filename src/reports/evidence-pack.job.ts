import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { writePack } from '../../proof/pack/writer.js';
import { Audit } from '../accounts/index.js';
import { AreaService } from '../areas/index.js';
import { ClusterService } from '../fleet/index.js';
import { approvedTexts, LibraryService } from '../library/index.js';
import { PlanService } from '../plans/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { Problem } from '../platform/i18n/index.js';
import { type JobContext, type JobRunner, PermanentJobError } from '../platform/jobs/index.js';
import { KeyHistory, KeyRing } from '../platform/keys/index.js';
import { qrSvg } from '../platform/links/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { ArchivedReceipts, logOfPack, TransparencyLog } from '../receipts/index.js';
import { coverageOfPack, type PackCoverage } from './coverage-of-pack.js';
import { devicesOfPack } from './devices-of-pack.js';
import { rankedCauses } from './engine/tables.js';
import { EVIDENCE_JOB } from './evidence-pack.service.js';
import { packFiles } from './pack-files.js';
import { printed } from './pdf/printer.js';
import { reportDocument } from './pdf/report-document.js';
import { EvidencePack } from './report.entity.js';
import { VerifierPage } from './verifier.controller.js';

const payloadOf = z.object({ packId: z.string() });
/** Looking things up, beside writing them. */
const LOOKED_UP = 0.3;

/** Writes evidence packs into the content store. Begun again, it writes the whole of it again. */
@Injectable()
export class EvidencePackJob {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly library: LibraryService,
    private readonly plans: PlanService,
    private readonly audit: Audit,
    private readonly log: TransparencyLog,
    private readonly archived: ArchivedReceipts,
    private readonly keys: KeyRing,
    private readonly history: KeyHistory,
    private readonly verifier: VerifierPage,
    private readonly clock: Clock,
  ) {}

  /** Called once when the process starts, before the runner does. */
  register(runner: JobRunner): void {
    runner.register(EVIDENCE_JOB, (context) => this.#run(context), {
      onGivenUp: (job, reason) => this.#givenUp(payloadOf.parse(job.payload).packId, reason),
    });
  }

  async #run({ job, progress, signal }: JobContext): Promise<unknown> {
    const { packId: id } = payloadOf.parse(job.payload);
    const order = await this.database.read((reader) => reader.findOneBy(EvidencePack, { id, state: 'running' }));
    if (!order) return { pack: 'no longer wanted' };
    try {
      const { sha256, bytes, receipts } = await this.#write(order, progress, signal);
      const done = { state: 'done', sha256, bytes, receipts } as const;
      await this.database.write(({ manager }) => manager.update(EvidencePack, { id, state: 'running' }, done));
      return { bytes, receipts };
    } catch (error) {
      // Receipts that left, and whose archive is gone: somebody has to put it back first.
      if (error instanceof Problem) throw new PermanentJobError(error.code, { cause: error });
      // A run that is not here whole will not be here tomorrow.
      throw error instanceof RangeError ? new PermanentJobError('report.evidenceLost', { cause: error }) : error;
    }
  }

  async #write(order: EvidencePack, progress: JobContext['progress'], signal: AbortSignal) {
    const madeAtMs = this.clock.nowMs();
    const { areas, clusters, library, plans, audit } = this;
    const rooms = { areas, clusters, library, plans, audit };
    const coverage = await this.database.read((reader) => coverageOfPack(reader, rooms, order));
    signal.throwIfAborted();
    const receipts = receiptsByDevice(coverage);
    const ids = [...receipts.values()].flat();
    const log = await logOfPack(this.database, this.log, ids);
    progress(LOOKED_UP);
    signal.throwIfAborted();
    const played = new Set(coverage.plays.map(({ itemId, itemVersion }) => `${itemId} ${itemVersion}`));
    const found = await this.database.read(async (reader) => ({
      texts: await approvedTexts(
        reader,
        coverage.items.map(({ id }) => id),
        played,
      ),
      devices: await devicesOfPack(reader, rooms, devicesIn(coverage)),
      keySets: await this.history.sets(reader),
    }));
    // A folder that was opened without a service has its set and no history yet.
    const { version, keySet: signed } = this.keys;
    const keySets = found.keySets.some((set) => set.version === version)
      ? found.keySets
      : [...found.keySets, { version, signed }];
    const causes = rankedCauses(coverage.cells, coverage.rule.leastGrade);
    const head = headOf(coverage, order, {
      madeAtMs,
      demo: this.database.isDemo(),
      devices: found.devices.length,
      receipts: ids.length,
    });
    const { rootFingerprint } = this.keys;
    const verifier = (await this.verifier.load())?.sha256 ?? null;
    const report = await printed(
      reportDocument({
        head,
        coverage,
        causes,
        declared: coverage.declared,
        devices: found.devices,
        checkpoint: log.checkpoint,
        checkpointQr: qrSvg(log.checkpoint),
        rootFingerprint,
        verifier,
      }),
    );
    const material = { ...found, keySets, coverage, causes, log, receipts, report, root: this.keys.rootPublicKey };
    let written = 0;
    const told = (count: number) => {
      signal.throwIfAborted();
      written += count;
      progress(LOOKED_UP + ((1 - LOOKED_UP) * written) / Math.max(1, ids.length), `${written}/${ids.length}`);
    };
    const files = packFiles(material, { database: this.database, store: this.store, archived: this.archived }, told);
    const hasher = () => {
      const hash = createHash('sha256');
      return { update: (bytes: Uint8Array) => hash.update(bytes), digest: () => hash.digest() };
    };
    const pack = writePack(files, { head: () => head, root: rootFingerprint, signer: this.keys.noteSigner, hasher });
    return { ...(await this.store.put(pack)), receipts: ids.length };
  }

  async #givenUp(id: string, reason: string): Promise<void> {
    const ended = reason === 'cancelled' ? ({ state: 'stopped' } as const) : ({ state: 'failed', reason } as const);
    await this.database.write(({ manager }) => manager.update(EvidencePack, { id, state: 'running' }, ended));
  }
}

/** Those with receipts, and those whose receipts nobody believes any more. */
const devicesIn = ({ plays }: PackCoverage): string[] => [
  ...new Set(plays.flatMap(({ controllerId, receiptId, doubted }) => (receiptId || doubted ? [controllerId] : []))),
];

function receiptsByDevice({ plays }: PackCoverage): Map<string, string[]> {
  const receipts = new Map<string, string[]>();
  for (const { controllerId, receiptId } of plays) {
    if (receiptId === null) continue;
    const known = receipts.get(controllerId);
    if (known) known.push(receiptId);
    else receipts.set(controllerId, [receiptId]);
  }
  return receipts;
}

function headOf(
  { plan, line, area, items, hamlets, rule, result, declared }: PackCoverage,
  { periodFrom: from, periodTo: to }: EvidencePack,
  made: { readonly madeAtMs: number; readonly demo: boolean; readonly devices: number; readonly receipts: number },
) {
  const { madeAtMs, demo, devices, receipts } = made;
  const communes = new Set(hamlets.map(({ communeId }) => communeId)).size;
  return {
    ...{ madeAtMs, demo, issuer: plan.issuer },
    plan: { number: plan.number, title: plan.title, issuedOn: plan.issuedOn },
    line: { id: line.id, title: line.title, target: line.target, unit: line.unit, criterion: line.criterion },
    area: { id: area.id, name: area.name },
    period: { from, to },
    rule: { ...rule, languages: rule.languages && [...rule.languages] },
    result: { required: result.required, reached: result.reached, done: result.done },
    counts: { items: items.length, hamlets: hamlets.length, communes, devices, receipts, declared: declared.length },
  };
}
