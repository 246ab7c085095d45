import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type ReadableScript, RecordingService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { IncomingBody } from '../../platform/http/index.js';
import { problemRegistry } from '../../platform/i18n/index.js';
import { ContentStore } from '../../platform/storage/index.js';
import { MOST_TAKES } from '../engine/limits.js';
import { PublicTraffic } from '../intake/public-traffic.js';
import { demandTakable, keepFile, MOST_FILE_BYTES } from '../intake/sent-file.js';
import { requestsProblem } from '../problems.js';
import type { ReadingView } from './recording.api.js';
import { RecordingLink } from './recording-link.entity.js';
import { RecordingLinkService } from './recording-link.service.js';

/** The side without an account: who has a recording link reads the text and sends what they said. */
@Injectable()
export class TakeService {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
    private readonly links: RecordingLinkService,
    private readonly scripts: RecordingService,
    private readonly traffic: PublicTraffic,
    private readonly clock: Clock,
  ) {}

  async reading(token: string): Promise<ReadingView> {
    return this.database.read(async (reader) => {
      const link = await this.links.open(reader, token);
      return viewOf(link, await this.#script(reader, link));
    });
  }

  /**
   * Makes the next version with this voice. The same recording again, on a poor line say, is the same take; after the last
   * one the page tells what arrived, because nothing more is read.
   */
  async take(token: string, upload: IncomingBody): Promise<ReadingView> {
    const link = await this.database.read(async (reader) => {
      const open = await this.links.open(reader, token);
      await this.#script(reader, open);
      if (open.takesLeft === 0) throw requestsProblem('requests.recordingOver');
      await this.links.makerOf(reader, open);
      return open;
    });
    demandTakable(upload, '', 'audio');
    const { sha256 } = await this.traffic.upload(link.id, () => keepFile(this.store, upload, '', 'audio'));
    return this.database.write(async (tx) => {
      // Looked at again: it may have ended while the recording was on its way.
      const now = await this.links.open(tx.manager, token);
      const script = await this.#script(tx.manager, now);
      if (script.uploadSha256 === sha256) return viewOf(now, script);
      if (now.takesLeft === 0) throw requestsProblem('requests.recordingOver');
      const maker = await this.links.makerOf(tx.manager, now);
      const { itemId, speakerName, id: linkId } = now;
      const made = await this.scripts.addTake(tx, maker, itemId, { uploadSha256: sha256, speakerName, linkId });
      const used = {
        takesLeft: now.takesLeft - 1,
        version: made.n,
        versionStatus: made.status,
        lastUsedAtMs: this.clock.nowMs(),
      };
      await tx.manager.update(RecordingLink, { id: now.id }, used);
      const after = { ...now, ...used };
      return viewOf(after, await this.#script(tx.manager, after));
    });
  }

  /** @throws requests.recordingOver when the item has another version, or this one was submitted meanwhile */
  async #script(reader: EntityManager, link: RecordingLink): Promise<ReadableScript> {
    const script = await this.scripts.asItIs(reader, link.itemId);
    const same = script?.version === link.version && script.status === link.versionStatus;
    if (!script || !same) throw requestsProblem('requests.recordingOver');
    return script;
  }
}

function viewOf(link: RecordingLink, script: ReadableScript): ReadingView {
  const { speakerName, takesLeft, validUntilMs } = link;
  const { title, text, language, audioState: state, audioDurationMs: durationMs, audioProblem } = script;
  const words = audioProblem === null ? undefined : problemRegistry.get(audioProblem);
  const problem =
    audioProblem === null ? null : { code: audioProblem, vi: words?.vi ?? audioProblem, en: words?.en ?? audioProblem };
  const lastTake = takesLeft === MOST_TAKES ? null : { state, durationMs, problem };
  const mostFileBytes = MOST_FILE_BYTES;
  return { title, text, language, speakerName, takesLeft, validUntilMs, mostFileBytes, lastTake };
}
