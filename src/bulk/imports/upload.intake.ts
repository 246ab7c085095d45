import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { ArchiveEntryProblem, cleanEntryName } from '../../../documents/index.js';
import { Database, newId } from '../../platform/database/index.js';
import type { Actor, IncomingBody } from '../../platform/http/index.js';
import {
  BrokenBody,
  type ByteStream,
  ContentStore,
  limitedBody,
  type StoredContent,
} from '../../platform/storage/index.js';
import { type FileFamily, familyOf, HEAD_BYTES, MOST_BYTES } from '../engine/file-family.js';
import { decodedName, showableName } from '../engine/file-name.js';
import { MB_BYTES, MOST_IMPORT_BYTES, MOST_LINES } from '../engine/limits.js';
import { bulkProblem } from '../problems.js';
import type { LineView } from './import.api.js';
import { BulkImport, ImportLine } from './import.entity.js';
import { lineViewOf, seenImport } from './import.queries.js';

/** The file is not taken; the line says why, and the others go on. */
class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

interface Taken extends StoredContent {
  readonly family: FileFamily;
}

/** Takes the files of an import, many at the same time, one request each. */
@Injectable()
export class UploadIntake {
  constructor(
    private readonly database: Database,
    private readonly store: ContentStore,
  ) {}

  /**
   * One line for one file, also for one that is refused. Nothing is recorded of a body that breaks off; the same file under
   * the same name again is the same line. @param nameHeader percent-encoded, with folders
   */
  async take(actor: Actor, importId: string, upload: IncomingBody, nameHeader: string): Promise<LineView> {
    // Before the first byte is taken.
    const found = await this.database.read((reader) => seenImport(reader, actor, importId));
    actor.demand('library.write', found.areaPath);
    demandRoom(found, upload.bytes ?? 0);
    const decoded = decodedName(nameHeader);
    try {
      const name = acceptedName(decoded);
      if (upload.bytes !== null && upload.bytes > mostBytesByName(name)) throw new Refusal('bulk.fileTooLarge');
      return await this.#record(importId, name, await this.#keep(upload.body, name));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#record(importId, showableName(decoded ?? nameHeader), error);
    }
  }

  async #keep(body: ByteStream, name: string): Promise<Taken> {
    let family: FileFamily | null = null;
    const look = (head: Uint8Array) => {
      if (head.byteLength === 0) throw new Refusal('document.empty');
      family = familyOf(head, name);
      if (family === null) throw new Refusal('document.unknownFormat');
      return MOST_BYTES[family];
    };
    try {
      const limited = limitedBody(body, MOST_IMPORT_BYTES, () => new Refusal('bulk.fileTooLarge'));
      const stored = await this.store.put(looked(limited, look));
      return { ...stored, family: family ?? 'document' };
    } catch (error) {
      throw error instanceof BrokenBody ? bulkProblem('bulk.fileBroken') : error;
    }
  }

  #record(importId: string, name: string, what: Taken | Refusal): Promise<LineView> {
    const taken = what instanceof Refusal ? null : what;
    const bytes = taken?.bytes ?? 0;
    // Relative changes of one row that many uploads want at the same moment.
    return this.database
      .write(
        async ({ manager }) => {
          const own = { importId, parentId: IsNull(), name, sha256: taken?.sha256 ?? IsNull() };
          const { affected } = await manager
            .createQueryBuilder()
            .update(BulkImport)
            .set({
              lineCount: () => 'line_count + 1',
              bytes: () => `bytes + ${bytes}`,
              // More to do than there was when it ended.
              ...(taken ? { state: () => "CASE WHEN state = 'done' THEN 'open' ELSE state END" } : {}),
            })
            .where('id = :importId AND line_count < :mostLines AND bytes <= :mostBytes', {
              importId,
              mostLines: MOST_LINES,
              mostBytes: MOST_IMPORT_BYTES - bytes,
            })
            .execute();
          const before = await manager.findOneBy(ImportLine, own);
          if (before) throw new Known(before);
          if (!affected) throw roomProblem(await manager.findOneByOrFail(BulkImport, { id: importId }));
          const line: ImportLine = {
            id: newId(),
            importId,
            parentId: null,
            kind: taken?.family === 'archive' || taken?.family === 'library' ? taken.family : 'file',
            name,
            bytes,
            sha256: taken?.sha256 ?? null,
            state: taken ? 'waiting' : 'refused',
            itemId: null,
            code: what instanceof Refusal ? what.code : null,
            notes: [],
            excerpt: null,
            listed: false,
            place: 0,
            groupRef: null,
          };
          await manager.save(ImportLine, line);
          return lineViewOf(line);
        },
        { isolation: 'read committed' },
      )
      .catch((error: unknown) => {
        if (error instanceof Known) return lineViewOf(error.line);
        throw error;
      });
  }
}

/** Undoes the counting. */
class Known extends Error {
  constructor(readonly line: ImportLine) {
    super('the file is there already');
  }
}

function acceptedName(decoded: string | null): string {
  if (decoded === null) throw new Refusal('archive.nameNotUtf8');
  try {
    return cleanEntryName(decoded);
  } catch (error) {
    throw error instanceof ArchiveEntryProblem ? new Refusal(error.code) : error;
  }
}

/** What its ending allows at most; what it is, its bytes say. */
function mostBytesByName(name: string): number {
  const ending = extname(name).toLowerCase();
  if (ending === '.zip') return MOST_BYTES.library;
  return /^\.(docx?|pdf|md|txt)$/.test(ending) ? MOST_BYTES.document : MOST_BYTES.audio;
}

function demandRoom(found: BulkImport, bytes: number): void {
  if (found.lineCount >= MOST_LINES || found.bytes + bytes > MOST_IMPORT_BYTES) throw roomProblem(found);
}

const roomProblem = ({ lineCount }: BulkImport) =>
  lineCount >= MOST_LINES
    ? bulkProblem('bulk.tooManyLines', { most: MOST_LINES })
    : bulkProblem('bulk.tooLarge', { most: MOST_IMPORT_BYTES / MB_BYTES });

/** Passes the bytes on. `look` sees the first of them before the rest is read, and says how many there may be. */
async function* looked(body: ByteStream, look: (head: Uint8Array) => number): AsyncGenerator<Uint8Array> {
  let head = new Uint8Array();
  let most: number | null = null;
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (most === null) {
      head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES)]);
      if (head.byteLength >= HEAD_BYTES) most = look(head);
    }
    if (most !== null && bytes > most) throw new Refusal('bulk.fileTooLarge');
    yield piece;
  }
  if (most === null && bytes > look(head)) throw new Refusal('bulk.fileTooLarge');
}
