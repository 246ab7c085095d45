import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import { type EntityManager, In } from 'typeorm';
import { decodeClaim } from '../../../devices/protocol/index.js';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { KeyRing } from '../../platform/keys/index.js';
import { qrSvg } from '../../platform/links/index.js';
import { type ImportedBox, planStockImport, type StockLine } from '../engine/stock-import.js';
import { codeFor, sha256Of } from '../enrolment/claim-code.js';
import { EnrolmentService } from '../enrolment/enrolment.service.js';
import { enrolmentProblem } from '../enrolment/problems.js';
import { Sim } from '../sims/sim.entity.js';
import { withinScopes } from '../within-scopes.js';
import { labelSheet } from './labels.js';
import { stockProblem } from './problems.js';
import type { BatchView, BoxQuery, BoxView, StockImport } from './stock.api.js';
import { StockBatch, StockBox } from './stock.entity.js';

const MOST_LINES = 2_000;
const MOST_LISTED = 10_000;
const ROWS_PER_INSERT = 500;
const WARN_DAYS = 7;
const WARN_SHARE = 0.8;

/** Boxes from makers, until they are installed. */
@Injectable()
export class StockService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly enrolment: EnrolmentService,
    private readonly keys: KeyRing,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Imports all lines or none. */
  async import(actor: Actor, { areaId, maker, name, csv }: StockImport): Promise<BatchView> {
    const { boxes, errors } = planStockImport(readCsv(csv));
    if (errors.length > 0) throw invalid(errors.map(({ line, code }) => ({ at: `line ${line}`, code })));
    return this.database.write(async (tx) => {
      const area = await this.areas.byId(tx, areaId);
      if (!area || !actor.may('fleet.manage', area.path)) throw stockProblem('stock.areaUnknown');
      const importedAtMs = this.clock.nowMs();
      const batch: StockBatch = {
        id: newId(),
        areaId,
        areaPath: area.path,
        maker,
        name,
        boxes: boxes.length,
        importedByName: actor.name,
        importedAtMs,
      };
      const made = boxes.map((box) => ({ box, row: this.#row(batch, box) }));
      await demandNew(tx.manager, made);
      await tx.manager.insert(StockBatch, batch);
      const rows = made.map(({ row }) => row);
      for (let from = 0; from < rows.length; from += ROWS_PER_INSERT)
        await tx.manager.insert(StockBox, rows.slice(from, from + ROWS_PER_INSERT));
      await this.#insertSims(tx, made);
      const detail = { maker, name, boxes: boxes.length };
      await this.audit.add(tx, actor, { action: 'stock.imported', subject: batch.id, areaPath: area.path, detail });
      return batchView(batch);
    });
  }

  #row({ id: batchId, areaPath }: StockBatch, box: ImportedBox): StockBox {
    const id = newId();
    return {
      id,
      batchId,
      areaPath,
      model: box.model,
      serial: box.serial,
      codeSha256: sha256Of(box.code ?? codeFor(this.#secret, id)),
      publicKey: box.publicKey,
      state: 'waiting',
      clusterId: null,
      controllerId: null,
      calledAtMs: null,
    };
  }

  async #insertSims(tx: WriteTransaction, made: readonly { box: ImportedBox; row: StockBox }[]): Promise<void> {
    const changedAtMs = this.clock.nowMs();
    const sims = made.flatMap(({ box, row }) =>
      box.sim === null
        ? []
        : [
            {
              ...box.sim,
              id: newId(),
              controllerId: null,
              boxId: row.id,
              warnDays: WARN_DAYS,
              warnShare: WARN_SHARE,
              changedAtMs,
            },
          ],
    );
    for (let from = 0; from < sims.length; from += ROWS_PER_INSERT)
      await tx.manager.insert(Sim, sims.slice(from, from + ROWS_PER_INSERT));
  }

  async batches(actor: Actor): Promise<BatchView[]> {
    return this.database.read(async (reader) => {
      const select = reader.createQueryBuilder(StockBatch, 'batch');
      withinScopes(select, 'batch.areaPath', actor.scopes('fleet.read'));
      return (await select.orderBy('batch.id', 'DESC').limit(MOST_LISTED).getMany()).map(batchView);
    });
  }

  async boxes(actor: Actor, { state, batchId }: BoxQuery): Promise<BoxView[]> {
    return this.database.read(async (reader) => {
      const select = reader.createQueryBuilder(StockBox, 'box');
      withinScopes(select, 'box.areaPath', actor.scopes('fleet.read'));
      if (state) select.andWhere('box.state = :state', { state });
      if (batchId) select.andWhere('box.batchId = :batchId', { batchId });
      const boxes = await select.orderBy('box.model').addOrderBy('box.serial').limit(MOST_LISTED).getMany();
      return viewsOf(reader, boxes);
    });
  }

  /** The box that a QR code, or the code in it, belongs to: the first step at the pole. */
  async scan(actor: Actor, text: string): Promise<BoxView> {
    return this.database.read(async (reader) => {
      const box = await this.byClaim(reader, text);
      if (!box || !actor.may('fleet.manage', box.areaPath)) throw stockProblem('stock.boxUnknown');
      return this.viewOf(reader, box);
    });
  }

  async viewOf(reader: EntityManager, box: StockBox): Promise<BoxView> {
    const [view] = await viewsOf(reader, [box]);
    if (!view) throw stockProblem('stock.boxUnknown');
    return view;
  }

  async byClaim(reader: EntityManager, text: string): Promise<StockBox | null> {
    const code = decodeClaim(text.trim())?.code ?? text.trim();
    return reader.findOneBy(StockBox, { codeSha256: sha256Of(code) });
  }

  async boxQr(actor: Actor, id: string): Promise<string> {
    const box = await this.database.read((reader) => reader.findOneBy(StockBox, { id }));
    if (!box || !actor.may('fleet.manage', box.areaPath)) throw stockProblem('stock.boxUnknown');
    return qrSvg(this.#claimOf(box));
  }

  async claimQr(actor: Actor, claimId: string): Promise<string> {
    return qrSvg(await this.enrolment.textOf(actor, claimId));
  }

  /** Labels of the boxes of a batch that wait, to be printed and stuck on. */
  async sheet(actor: Actor, batchId: string): Promise<string> {
    const { batch, boxes } = await this.database.read(async (reader) => ({
      batch: await reader.findOneBy(StockBatch, { id: batchId }),
      boxes: await reader.find(StockBox, {
        where: { batchId, state: 'waiting' },
        order: { model: 'ASC', serial: 'ASC' },
      }),
    }));
    if (!batch || !actor.may('fleet.manage', batch.areaPath)) throw stockProblem('stock.batchUnknown');
    return labelSheet(
      `${batch.maker} – ${batch.name}`,
      boxes.map((box) => ({ model: box.model, serial: box.serial, claim: this.#claimOf(box) })),
    );
  }

  /** @throws claim.notPrintable: of a code that the maker printed nobody here knows more than its hash */
  #claimOf(box: StockBox): string {
    const code = codeFor(this.#secret, box.id);
    if (box.state === 'enrolled' || box.controllerId !== null || sha256Of(code) !== box.codeSha256)
      throw enrolmentProblem('claim.notPrintable');
    return this.enrolment.claimText(code);
  }

  get #secret(): Buffer {
    return this.keys.secretFor('box codes');
  }
}

async function demandNew(
  reader: EntityManager,
  made: readonly { readonly box: ImportedBox; readonly row: StockBox }[],
): Promise<void> {
  const rows = made.map(({ row }) => row);
  const serials = await reader.findBy(StockBox, { serial: In(rows.map(({ serial }) => serial)) });
  const taken = new Set(serials.map(({ model, serial }) => `${model}\n${serial}`));
  const codes = await reader.findBy(StockBox, { codeSha256: In(rows.map(({ codeSha256 }) => codeSha256)) });
  const used = new Set(codes.map(({ codeSha256 }) => codeSha256));
  const errors = rows.flatMap(({ model, serial, codeSha256 }, index) => {
    const at = `line ${index + 2}`;
    if (taken.has(`${model}\n${serial}`)) return [{ at, code: 'stock.serialTaken' }];
    return used.has(codeSha256) ? [{ at, code: 'stock.codeTwice' }] : [];
  });
  if (errors.length > 0) throw invalid(errors);
}

function readCsv(csv: string): StockLine[] {
  let lines: StockLine[];
  try {
    lines = parse(csv, {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
      to: MOST_LINES + 1,
    });
  } catch {
    throw invalid([{ at: 'file', code: 'stock.csvUnreadable' }]);
  }
  if (lines.length === 0) throw invalid([{ at: 'file', code: 'stock.csvUnreadable' }]);
  if (lines.length > MOST_LINES) throw invalid([{ at: 'file', code: 'stock.tooManyLines' }]);
  return lines;
}

const invalid = (errors: readonly { readonly at: string; readonly code: string }[]) =>
  stockProblem('stock.importInvalid').withErrors(errors.slice(0, 200));

function batchView({ id, areaId, maker, name, boxes, importedByName, importedAtMs }: StockBatch): BatchView {
  return { id, areaId, maker, name, boxes, importedByName, importedAtMs };
}

async function viewsOf(reader: EntityManager, boxes: readonly StockBox[]): Promise<BoxView[]> {
  const sims = await reader.find(Sim);
  const simOf = new Map(sims.map((sim) => [sim.boxId ?? sim.controllerId, sim.number || sim.iccid]));
  return boxes.map(({ id, batchId, model, serial, state, clusterId, controllerId, calledAtMs }) => ({
    ...{ id, batchId, model, serial, state, clusterId, controllerId, calledAtMs },
    sim: simOf.get(controllerId ?? id)?.slice(-4) ?? null,
  }));
}
