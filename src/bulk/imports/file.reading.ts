import { open } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { DocumentProblem, type ExtractedDocument, extractDocument } from '../../../documents/index.js';
import { identify, MediaProblem } from '../../../media/index.js';
import { cleanLine, type DraftOrigin, LONGEST_TITLE, type NewItem, newItem, textFault } from '../../library/index.js';
import { type Excerpt, excerptOf } from '../engine/excerpt.js';
import { titleOfName } from '../engine/file-name.js';
import { type Told, toldBy } from '../engine/front-matter.js';
import { MOST_AUDIO_BYTES } from '../engine/limits.js';
import type { LineNote } from '../words.js';
import type { ImportDefaults } from './import.api.js';

/** What a file becomes. */
export interface ReadFile {
  readonly item: NewItem;
  readonly origin: DraftOrigin;
  readonly notes: readonly LineNote[];
  readonly excerpt: Excerpt | null;
}

export interface FileToRead {
  readonly path: string;
  /** As it was called where it comes from, with folders. */
  readonly name: string;
  readonly areaId: string;
  readonly defaults: ImportDefaults;
}

/** The file is refused: a problem code. */
export class FileRefused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

const BEGINNING_BYTES = 4_096;
const OLD_ENCODINGS: readonly string[] = ['tcvn3', 'vni', 'windows-1258'];
const CONVERTED: readonly string[] = ['convertedTcvn3', 'convertedVni', 'convertedWindows1258'];

/** Makes of a file what the library takes. Changes nothing. */
@Injectable()
export class FileReading {
  /** A text becomes a script. @throws FileRefused */
  async document(file: FileToRead, signal: AbortSignal): Promise<ReadFile> {
    const document = await extracted(file, signal);
    const { told, warnings } = toldBy(document.frontMatter ?? {});
    const fault = textFault(document.text);
    if (fault !== null) throw new FileRefused(fault === 'empty' ? 'document.empty' : 'library.textTooLong');
    const title = titled(document.title ?? told.title ?? null, file.name);
    return {
      item: newItem.parse({ ...metadata(file, told), kind: 'script', title: title.title, text: document.text }),
      origin: {},
      notes: [
        ...document.notes.map((code) => ({ code })),
        ...title.notes,
        ...warnings.map(({ code, key }) => ({ code, detail: key })),
      ],
      excerpt: await excerpt(file.path, document),
    };
  }

  /** A sound becomes a recording; its bytes are in the store. @throws FileRefused */
  async audio(file: FileToRead, uploadSha256: string): Promise<ReadFile> {
    try {
      await identify(file.path, MOST_AUDIO_BYTES);
    } catch (error) {
      throw error instanceof MediaProblem ? new FileRefused(error.code) : error;
    }
    const title = titled(null, file.name);
    return {
      item: newItem.parse({ ...metadata(file, {}), kind: 'recording', title: title.title }),
      origin: { uploadSha256, speakerName: file.defaults.speakerName ?? null },
      notes: title.notes,
      excerpt: null,
    };
  }
}

async function extracted({ path, name }: FileToRead, signal: AbortSignal): Promise<ExtractedDocument> {
  try {
    return await extractDocument({ path, name, signal });
  } catch (error) {
    throw error instanceof DocumentProblem ? new FileRefused(error.code) : error;
  }
}

function metadata({ areaId, defaults }: FileToRead, told: Told) {
  const { speakerName: _speaker, ...known } = defaults;
  const both = { ...known, ...told };
  // A validity that ends before it begins would refuse the whole text; what the file says counts as a pair.
  const days =
    told.validFrom || told.validTo ? { validFrom: told.validFrom ?? null, validTo: told.validTo ?? null } : {};
  return { ...both, ...days, areaId };
}

function titled(title: string | null, name: string): { readonly title: string; readonly notes: readonly LineNote[] } {
  const own = cleanLine(title ?? '');
  const whole = own || cleanLine(titleOfName(name)) || '?';
  const letters = [...whole];
  const long = whole.length > LONGEST_TITLE;
  return {
    title: long ? `${letters.slice(0, LONGEST_TITLE / 2).join('')}…` : whole,
    notes: [
      ...(own ? [] : [{ code: 'titleFromName' as const }]),
      ...(long ? [{ code: 'titleShortened' as const }] : []),
    ],
  };
}

/** Of a converted text. In Word and PDF files what it looked like before cannot be told from the bytes. */
async function excerpt(path: string, { encoding, notes, text }: ExtractedDocument): Promise<Excerpt | null> {
  if (encoding !== null && OLD_ENCODINGS.includes(encoding)) return excerptOf(await beginningOf(path), text);
  return notes.some((note) => CONVERTED.includes(note)) ? excerptOf('', text) : null;
}

/** The old encodings are letters of Western European to whoever does not know better. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(BEGINNING_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return new TextDecoder('windows-1252').decode(head.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
