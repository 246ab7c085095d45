import { createHash } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { writeArchive } from '../../../proof/archive/writer.js';
import { nodeEngine } from '../../../proof/cli/node-engine.js';
import { verifyArchive } from '../../../proof/verify/archived.js';
import { LibraryService } from '../../library/index.js';
import { PlanService } from '../../plans/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { TransparencyLog } from '../log/transparency-log.js';
import { type ArchiveContent, ArchiveContents } from './archive.content.js';
import { ArchiveFolder, archiveName } from './archive.folder.js';
import { Choice } from './choice.js';
import { type KeptArchive, Leaving } from './leaving.js';
import { retentionProblem } from './problems.js';
import { type AppliedRule, ReceiptArchive, RetentionTurn } from './retention.entity.js';
import { RETENTION_SETTINGS, type RetentionSettings } from './settings.js';

const DAY_MS = 86_400_000;
/** A turn that nothing was heard of for so long is another's. One step of it takes seconds. */
const LEASE_MS = 10 * 60_000;
/** Behind an archive the machine is left to others for so many times as long as it took. */
const REST = 2;

/** Where a crash may come between. */
export type Step = 'begun' | 'written' | 'verified' | 'leaving' | 'left';

/**
 * Lets raw rows leave the database for archive files, once a day. A file is written, read back by the code that everybody verifies it with, and
 * only then do its rows leave, in one transaction; so rows or file hold everything at any moment. What a crash leaves behind is an archive
 * that is still `writing`: the next turn removes it and its file.
 */
@Injectable()
export class RetentionClock {
  readonly #me = newId();
  #started = false;
  #stopping = new AbortController();
  #running: Promise<unknown> | null = null;
  /** Of this turn: something should have left and would prove nothing. */
  #someStay = false;

  constructor(
    private readonly database: Database,
    private readonly contents: ArchiveContents,
    private readonly folder: ArchiveFolder,
    private readonly leaving: Leaving,
    private readonly transparency: TransparencyLog,
    private readonly plans: PlanService,
    private readonly library: LibraryService,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    @Inject(RETENTION_SETTINGS) private readonly settings: RetentionSettings,
  ) {}

  start(): void {
    this.#started = true;
    this.#stopping = new AbortController();
    this.tickSoon();
  }

  /** The archive under way is finished. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#stopping.abort();
    await this.#running;
  }

  @Cron('0 7 * * * *')
  tickSoon(): void {
    if (!this.#started) return;
    this.#running ??= this.#turn({ goOn: () => this.#started, restTimes: REST })
      .catch((error: unknown) => this.log.error({ err: error }, 'receipts could not be archived; the next hour tries'))
      .finally(() => {
        this.#running = null;
      });
  }

  /** Archives all that may leave, if nobody did today. May run in several processes: one of them does. @returns names of files */
  tick(): Promise<string[]> {
    return this.#turn({ goOn: () => true, restTimes: 0 });
  }

  /** For specifications, which break off here. */
  protected async reached(_step: Step): Promise<void> {}

  async #turn({ goOn, restTimes }: { readonly goOn: () => boolean; readonly restTimes: number }): Promise<string[]> {
    const { receiptDays, confirmationDays } = this.settings;
    if ((receiptDays === null && confirmationDays === null) || !(await this.#take())) return [];
    try {
      this.#someStay = false;
      await this.#clearUp();
      const names: string[] = [];
      const choice = await this.#choice();
      while (goOn()) {
        const begunMs = this.clock.monotonicMs();
        const name = await this.#archiveNext(choice);
        if (name === null) {
          const problem = this.#someStay ? 'retention.someStay' : null;
          await this.#give({ problem, lookedAtMs: this.clock.nowMs() });
          return names;
        }
        names.push(name);
        await this.#rest((this.clock.monotonicMs() - begunMs) * restTimes);
      }
      await this.#give({ problem: null });
      return names;
    } catch (error) {
      await this.#give({ problem: error instanceof Problem ? error.code : 'retention.failed' });
      throw error;
    }
  }

  async #choice(): Promise<Choice> {
    const nowMs = this.clock.nowMs();
    const today = new Date(nowMs + 7 * 3_600_000).toISOString().slice(0, 10);
    const openItems = await this.database.read(async (reader) => {
      const lines = await this.plans.openLines(reader, today);
      return new Set(await this.library.idsOfLines(reader, lines));
    });
    const { size } = await this.transparency.freshCheckpoint();
    const before = (days: number | null) => (days === null ? null : nowMs - days * DAY_MS);
    const { receiptDays, confirmationDays, mostReceipts } = this.settings;
    const rule = {
      receipts: { beforeMs: before(receiptDays), openItems, coveredBelow: size },
      confirmations: { beforeMs: before(confirmationDays), openItems },
      mostReceipts,
    };
    return new Choice(this.database, rule, () => nextTurn());
  }

  /** @returns the name of the file; null: nothing may leave any more */
  async #archiveNext(choice: Choice): Promise<string | null> {
    for (;;) {
      const portion = await choice.next();
      if (portion.receiptIds.size === 0 && portion.sessions.length === 0) return null;
      if (!portion.full && portion.waitedMs < this.settings.gatherDays * DAY_MS) return null;
      const content = await this.contents.gather(portion);
      for (const run of content.lost) this.#stays({ run }, 'a run of receipts is not here whole and stays');
      const name = await this.#archive(content);
      if (name !== null) return name;
    }
  }

  /** @returns null: nothing of it could be archived */
  async #archive(content: ArchiveContent): Promise<string | null> {
    if (content.devices.length === 0 && content.sessions.length === 0) return null;
    const id = newId();
    const madeAtMs = this.clock.nowMs();
    const name = archiveName(id, madeAtMs);
    const { receiptDays, confirmationDays } = this.settings;
    const rule: AppliedRule = { receiptDays, confirmationDays };
    const log = await this.contents.logOf(content);
    const head = this.contents.headOf(content, log, { name, madeAtMs, rule });
    const archive = {
      ...{ id, name, madeAtMs, rule, ...head.counts },
      ...{ receivedFromMs: head.received?.fromMs ?? null, receivedToMs: head.received?.toMs ?? null },
      ...{ logSize: head.checkpoint?.size ?? null, checkpoint: log?.checkpoint ?? null },
    };
    // Known before there is a file: whatever comes between, the next turn finds both.
    await this.#step((tx) =>
      tx.manager.insert(ReceiptArchive, { ...archive, state: 'writing', sha256: null, bytes: null }),
    );
    await this.reached('begun');
    const { rootFingerprint: root, noteSigner: signer } = this.keys;
    const hasher = () => {
      const hash = createHash('sha256');
      return { update: (bytes: Uint8Array) => hash.update(bytes), digest: () => hash.digest() };
    };
    const bytes = writeArchive(this.contents.filesOf(content, log), { head, root, signer, hasher });
    const written = await this.folder.write(name, bytes);
    await this.reached('written');
    const unfit = await this.#readBack({ ...archive, ...written }, content);
    if (unfit.size > 0) {
      // One device must not keep the others' receipts here.
      await this.#clearUp();
      return this.#archive({ ...content, devices: content.devices.filter(({ record }) => !unfit.has(record.device)) });
    }
    await this.reached('verified');
    await this.#step(async (tx) => {
      await this.leaving.leave(tx, { ...archive, ...written }, content);
      await this.reached('leaving');
    });
    await this.reached('left');
    this.log.info({ name, receipts: archive.receipts, answers: archive.answers }, 'receipts left for an archive');
    return name;
  }

  /** From the disk, by the code that anybody has. @returns devices whose receipts do not verify @throws retention.notWhole */
  async #readBack(archive: KeptArchive, { devices }: ArchiveContent): Promise<ReadonlySet<string>> {
    const { name, receipts } = archive;
    const file = await this.folder.read(archive);
    const verdict = await verifyArchive(file, nodeEngine, {
      root: this.keys.rootFingerprint,
      // The API answers between two runs.
      progress: () => nextTurn(),
    });
    const numbers = devices.reduce((sum, { runs }) => sum + runs.flatMap(({ receiptIds }) => receiptIds).length, 0);
    if (verdict.good && verdict.archive?.counts.receipts === receipts && receipts === numbers) return new Set();
    const known = new Set(devices.map(({ record }) => record.device));
    const named = verdict.findings.flatMap(({ parameters: { device, other } }) => [String(device), String(other)]);
    const unfit = new Set(named.filter((device) => known.has(device)));
    const findings = verdict.findings.slice(0, 10);
    this.#stays({ name, devices: [...unfit], findings }, 'an archive that was written does not verify');
    if (unfit.size === 0) throw retentionProblem('retention.notWhole');
    return unfit;
  }

  #stays(what: object, words: string): void {
    this.#someStay = true;
    this.log.error(what, words);
  }

  /** @returns whether this process may go on */
  async #take(): Promise<boolean> {
    return this.database.write(async ({ manager }) => {
      const turn = await manager.findOneByOrFail(RetentionTurn, { id: 'retention' });
      const nowMs = this.clock.nowMs();
      // Of a future that is too far off, lease and look are of a clock that was wrong.
      const isHeld = turn.heldUntilMs > nowMs && turn.heldUntilMs <= nowMs + LEASE_MS;
      if (isHeld && turn.holder !== this.#me) return false;
      const agoMs = nowMs - (turn.lookedAtMs ?? -Infinity);
      if (agoMs >= 0 && agoMs < DAY_MS) return false;
      const { holder, heldUntilMs } = turn;
      const { affected } = await manager.update(
        RetentionTurn,
        { id: 'retention', holder, heldUntilMs },
        { holder: this.#me, heldUntilMs: nowMs + LEASE_MS },
      );
      return affected === 1;
    });
  }

  /** A write of whoever has the turn; another's, and nothing is written. */
  async #step<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    return this.database.write(async (tx) => {
      const heldUntilMs = this.clock.nowMs() + LEASE_MS;
      const { affected } = await tx.manager.update(
        RetentionTurn,
        { id: 'retention', holder: this.#me },
        { heldUntilMs },
      );
      if (affected !== 1) throw new Error('another process took the turn of archiving over');
      return work(tx);
    });
  }

  async #give(said: Partial<Pick<RetentionTurn, 'problem' | 'lookedAtMs'>>): Promise<void> {
    await this.database.write(({ manager }) =>
      manager.update(RetentionTurn, { id: 'retention', holder: this.#me }, { ...said, heldUntilMs: 0 }),
    );
  }

  /** A stop is not kept waiting. */
  async #rest(ms: number): Promise<void> {
    await rest(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  /** Archives that a crash left half made: their rows are all here. */
  async #clearUp(): Promise<void> {
    const left = await this.database.read((reader) => reader.findBy(ReceiptArchive, { state: 'writing' }));
    for (const { id, name } of left) {
      await this.folder.remove(name);
      await this.#step(({ manager }) => manager.delete(ReceiptArchive, { id, state: 'writing' }));
    }
  }
}
