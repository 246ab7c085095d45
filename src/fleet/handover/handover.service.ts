import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan } from 'typeorm';
import { Audit } from '../../accounts/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { ClusterService } from '../cluster.service.js';
import { lacksOf } from '../engine/handover-form.js';
import type { Cluster } from '../fleet.entity.js';
import { PhotoService } from '../photos/photo.service.js';
import { pictureOf } from '../photos/picture-body.js';
import type { BoxView } from '../stock/stock.api.js';
import type { StockBox } from '../stock/stock.entity.js';
import { StockService } from '../stock/stock.service.js';
import { Admission } from './admission.js';
import {
  HANDOVER_FILE,
  HANDOVER_KEY,
  type HandoverFileView,
  type HandoverForm,
  type HandoverView,
  type Trial,
} from './handover.api.js';
import { Handover, HandoverFile } from './handover.entity.js';
import { handoverProblem } from './problems.js';
import { TestTones } from './test-tones.js';

/** A box that was handed over has this long to call: some hamlets get their line later. */
const ENROL_WITHIN_MS = 90 * 86_400_000;
/** On trial it has power, a network and a technician before it; who comes later scans again. */
const TRIAL_MS = 86_400_000;
/** A telephone's clock may be a little ahead. */
const AHEAD_MS = 10 * 60_000;

type Complete = { [Key in Exclude<keyof HandoverForm, 'testToneCommand'>]: NonNullable<HandoverForm[Key]> } & Pick<
  HandoverForm,
  'testToneCommand'
>;

/** Nghiệm thu lắp đặt: takes the form of a technician, whenever there is a signal, once. */
@Injectable()
export class HandoverService {
  constructor(
    private readonly database: Database,
    private readonly clusters: ClusterService,
    private readonly stock: StockService,
    private readonly admission: Admission,
    private readonly tones: TestTones,
    private readonly photos: PhotoService,
    private readonly store: ContentStore,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /**
   * Lắp thử: whoever stands before the box with a signal admits it to its cluster, so that it enrols and can be told to sound before
   * anybody signs. It stays on trial, for everybody to see, until its form comes; begun again it changes nothing, or begins elsewhere
   * what has not enrolled.
   */
  async begin(actor: Actor, { claim, place, position }: Trial): Promise<BoxView> {
    return this.database.write(
      async (tx) => {
        const box = await this.admission.box(tx.manager, actor, claim);
        const cluster = await this.admission.cluster(tx, actor, box, { place, position });
        const admitted = await this.admission.admit(tx, box, cluster, { state: 'trial', withinMs: TRIAL_MS });
        const { areaPath } = cluster;
        const detail = { serial: box.serial, cluster: cluster.code };
        await this.audit.add(tx, actor, { action: 'handover.trialBegun', subject: box.id, areaPath, detail });
        return this.stock.viewOf(tx.manager, admitted);
      },
      { isolation: 'serializable' },
    );
  }

  /** A picture of the place, or a drawn signature, ahead of its form; the same name again takes the place of the one before. */
  async putFile(actor: Actor, key: string, name: string, upload: IncomingBody): Promise<HandoverFileView> {
    if (!HANDOVER_KEY.test(key) || !HANDOVER_FILE.test(name)) throw handoverProblem('handover.keyWrong');
    const demand = async (reader: EntityManager) => {
      await demandOwn(reader, actor, key);
      if (await reader.existsBy(Handover, { id: key })) throw handoverProblem('handover.keyReused');
    };
    await this.database.read(demand);
    const kept = await pictureOf(this.store, upload);
    return this.database.write(async (tx) => {
      await demand(tx.manager);
      const { sha256, type, bytes, width, height } = kept;
      const file = { sha256, type, bytes, width, height, handoverId: key, name, technicianId: actor.accountId };
      await tx.manager.save(HandoverFile, { ...file, receivedAtMs: this.clock.nowMs() });
      return { name, sha256, bytes };
    });
  }

  /**
   * The form. Sent again it answers as before; with other content it is refused. From then on the box is no more on trial; one that
   * never was may enrol, at that cluster and with the serial number that it was imported with.
   */
  async put(actor: Actor, key: string, form: HandoverForm): Promise<HandoverView> {
    if (!HANDOVER_KEY.test(key)) throw handoverProblem('handover.keyWrong');
    return this.database.write(
      async (tx) => {
        await demandOwn(tx.manager, actor, key);
        const files = await tx.manager.find(HandoverFile, { where: { handoverId: key }, order: { name: 'ASC' } });
        const contentSha256 = hashOf(form);
        const before = await tx.manager.findOneBy(Handover, { id: key });
        if (before) {
          if (before.technicianId !== actor.accountId || before.contentSha256 !== contentSha256)
            throw handoverProblem('handover.keyReused');
          return viewOf(before);
        }
        const pictures = files.filter(({ name }) => name !== 'signature');
        const complete = demandComplete(form, pictures.length);
        if (complete.signedAtMs > this.clock.nowMs() + AHEAD_MS) throw handoverProblem('handover.fromFuture');
        const box = await this.admission.box(tx.manager, actor, complete.claim);
        await this.#demandTone(tx.manager, box, complete);
        const cluster = await this.admission.cluster(tx, actor, box, complete);
        const handover = await this.#enter(tx, actor, key, complete, { box, cluster, files, contentSha256 });
        await this.admission.admit(tx, box, cluster, { state: 'installed', withinMs: ENROL_WITHIN_MS });
        const { areaPath } = cluster;
        const { testTone, signedAtMs } = complete;
        const detail = { box: box.id, serial: box.serial, cluster: cluster.code, testTone, signedAtMs };
        await this.audit.add(tx, actor, { action: 'handover.signed', subject: key, areaPath, detail });
        return viewOf(handover);
      },
      { isolation: 'serializable' },
    );
  }

  async ofCluster(actor: Actor, clusterId: string): Promise<HandoverView[]> {
    return this.database.read(async (reader) => {
      await this.clusters.demand(reader, actor, 'fleet.read', clusterId);
      const rows = await reader.find(Handover, { where: { clusterId }, order: { receivedAtMs: 'DESC' } });
      return rows.map(viewOf);
    });
  }

  /** The drawn signature. */
  async signature(actor: Actor, id: string): Promise<{ path: string; sha256: string; type: string }> {
    return this.database.read(async (reader) => {
      const handover = await reader.findOneBy(Handover, { id });
      const cluster = handover && (await this.clusters.byId(reader, handover.clusterId));
      const file = await reader.findOneBy(HandoverFile, { handoverId: id, name: 'signature' });
      if (!handover || !cluster || !file || !actor.may('fleet.read', cluster.areaPath))
        throw handoverProblem('handover.unknown');
      return { path: this.store.path(file.sha256), sha256: file.sha256, type: file.type };
    });
  }

  /** Files whose form never came. @param beforeMs UTC epoch @returns how many were forgotten */
  async purge(beforeMs: number): Promise<number> {
    return this.database.write(async ({ manager }) => {
      let forgotten = 0;
      for (const { handoverId, name } of await manager.findBy(HandoverFile, { receivedAtMs: LessThan(beforeMs) }))
        if (!(await manager.existsBy(Handover, { id: handoverId })))
          forgotten += (await manager.delete(HandoverFile, { handoverId, name })).affected ?? 0;
      return forgotten;
    });
  }

  /** `heard` is what this box says that it played, by that command; what nobody can check has another name. */
  async #demandTone(reader: EntityManager, box: StockBox, { testTone, testToneCommand }: Complete): Promise<void> {
    if (testTone !== 'heard') return;
    const { controllerId } = box;
    const command = testToneCommand ?? '';
    if (controllerId === null || !(await this.tones.wasPlayed(reader, command, controllerId)))
      throw handoverProblem('handover.toneNotPlayed');
  }

  async #enter(
    tx: WriteTransaction,
    actor: Actor,
    key: string,
    form: Complete,
    found: { box: StockBox; cluster: Cluster; files: readonly HandoverFile[]; contentSha256: string },
  ): Promise<Handover> {
    const { box, cluster, files, contentSha256 } = found;
    const photoIds: string[] = [];
    for (const file of files.filter(({ name }) => name !== 'signature')) {
      const of = { subject: 'cluster', subjectId: cluster.id, clusterId: cluster.id, caption: 'Nghiệm thu' } as const;
      photoIds.push((await this.photos.add(tx, actor, of, file)).id);
    }
    const handover: Handover = {
      id: key,
      boxId: box.id,
      clusterId: cluster.id,
      technicianId: actor.accountId,
      technicianName: actor.name,
      ...form.position,
      testTone: form.testTone,
      testToneCommand: form.testTone === 'heard' ? form.testToneCommand : null,
      signedName: form.signedName,
      signatureSha256: files.find(({ name }) => name === 'signature')?.sha256 ?? null,
      note: form.note,
      signedAtMs: form.signedAtMs,
      receivedAtMs: this.clock.nowMs(),
      contentSha256,
      photoIds,
    };
    await tx.manager.save(Handover, handover);
    return handover;
  }
}

/** A key is its technician's: another one neither adds to it nor learns of it. */
async function demandOwn(reader: EntityManager, actor: Actor, key: string): Promise<void> {
  const file = await reader.findOneBy(HandoverFile, { handoverId: key });
  if (file && file.technicianId !== actor.accountId) throw handoverProblem('handover.keyReused');
}

function demandComplete(form: HandoverForm, photos: number): Complete {
  const lacks = lacksOf(form, photos);
  const { claim, place, position, testTone, signedName, signedAtMs } = form;
  if (lacks.length > 0 || !claim || !place || !position || !testTone || !signedName || signedAtMs === null)
    throw handoverProblem('handover.incomplete').withErrors(lacks);
  return { ...form, claim, place, position, testTone, signedName, signedAtMs };
}

const hashOf = (form: HandoverForm): string => createHash('sha256').update(JSON.stringify(form)).digest('hex');

function viewOf(row: Handover): HandoverView {
  const { id, boxId, clusterId, technicianName, latitude, longitude, accuracyM, testTone, testToneCommand } = row;
  const { signedName, signatureSha256, note, signedAtMs, receivedAtMs, photoIds } = row;
  return {
    ...{ id, boxId, clusterId, technicianName, testTone, testToneCommand, signedName, note, signedAtMs, receivedAtMs },
    position: { latitude, longitude, accuracyM },
    drawn: signatureSha256 !== null,
    photoIds: [...photoIds],
  };
}
