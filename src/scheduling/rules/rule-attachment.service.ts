import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { covers } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import { BrokenBody, type ByteStream, ContentStore, limitedBody } from '../../platform/storage/index.js';
import { DEFAULT_ZONE, localDayOf } from '../engine/index.js';
import { attachmentTypeOf, HEAD_BYTES } from './attachment-type.js';
import { ruleProblem } from './problems.js';
import { RuleSetRow } from './rule.entity.js';
import type { RuleSetView } from './rule-set.api.js';
import { ownRuleSet } from './rule-set.service.js';
import { viewOf } from './rule-set.views.js';

const MOST_MB = 20;

/** The scanned papers of rule sets. A plan does not depend on them, so they may come later, and again. */
@Injectable()
export class RuleAttachmentService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** Nothing is kept of a file that breaks off, is too large or is no PDF and no picture. */
  async attach(actor: Actor, id: string, upload: IncomingBody): Promise<RuleSetView> {
    await this.database.read((reader) => ownRuleSet(reader, actor, id));
    const tooLarge = () => ruleProblem('ruleSet.attachmentTooLarge', { most: MOST_MB });
    if (upload.bytes !== null && upload.bytes > MOST_MB * 1_000_000) throw tooLarge();
    const scan = new Scan(limitedBody(upload.body, MOST_MB * 1_000_000, tooLarge));
    const { sha256 } = await this.#put(scan);
    return this.database.write(async (tx) => {
      const row = await ownRuleSet(tx.manager, actor, id);
      const attached = { ...row, attachmentSha256: sha256, attachmentType: scan.type };
      await tx.manager.save(RuleSetRow, attached);
      await this.audit.add(tx, actor, {
        action: 'ruleSet.attached',
        subject: id,
        areaPath: row.areaPath,
        detail: { number: row.number, sha256, before: row.attachmentSha256 },
      });
      return viewOf(attached, localDayOf(this.clock.nowMs(), DEFAULT_ZONE));
    });
  }

  /** For whoever the rules concern: at the area, below it, or responsible from above. */
  async file(actor: Actor, id: string): Promise<{ path: string; sha256: string; type: string }> {
    const row = await this.database.read((reader) => reader.findOneBy(RuleSetRow, { id }));
    const scopes = actor.scopes('schedule.read');
    if (!row || !scopes.some((scope) => covers(scope, row.areaPath) || covers(row.areaPath, scope)))
      throw ruleProblem('ruleSet.unknown');
    const { attachmentSha256: sha256, attachmentType: type } = row;
    if (sha256 === null || type === null || !(await this.store.has(sha256)))
      throw ruleProblem('ruleSet.attachmentMissing');
    return { path: this.store.path(sha256), sha256, type };
  }

  async #put(scan: Scan) {
    try {
      return await this.store.put(scan);
    } catch (error) {
      throw error instanceof BrokenBody ? ruleProblem('ruleSet.attachmentBroken') : error;
    }
  }
}

/** Passes a file on once its beginning has said what it is. */
class Scan implements AsyncIterable<Uint8Array> {
  /** Known when the file has been read. */
  type: string | null = null;

  constructor(private readonly body: ByteStream) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let head = Buffer.alloc(0);
    for await (const piece of this.body) {
      if (this.type !== null) {
        yield piece;
        continue;
      }
      head = Buffer.concat([head, piece]);
      if (head.length < HEAD_BYTES) continue;
      this.type = attachmentTypeOf(head);
      if (this.type === null) throw ruleProblem('ruleSet.attachmentType');
      yield head;
    }
    if (this.type === null) throw ruleProblem('ruleSet.attachmentType');
  }
}
