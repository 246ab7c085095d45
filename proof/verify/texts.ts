import { fromUtf8, type Receipt, toHex, toUtf8 } from '../../devices/protocol/index.js';
import { FILES, type TextRecord, textIndex } from '../pack/contents.js';
import type { OpenedPack } from './archive.js';
import type { Engine, Report } from './verdict.js';

export type Texts = ReadonlyMap<string, TextRecord>;

export const textKey = (item: string, version: number): string => `${item} ${version}`;

/** Approved texts against their hashes; a text in NFC has one hash, however it was typed (case 21). */
export function checkTexts(pack: OpenedPack, engine: Engine, report: Report): Texts {
  report.begin('texts');
  const texts = new Map<string, TextRecord>();
  let records: TextRecord[] = [];
  try {
    records = textIndex.parse(JSON.parse(fromUtf8(pack.bytes(FILES.texts))));
  } catch {
    report.find('texts', 'fileUnreadable', { file: FILES.texts });
  }
  for (const record of records) {
    texts.set(textKey(record.item, record.version), record);
    report.looked('texts');
    const { file, textSha256 } = record;
    if (file === null) continue;
    if (!pack.has(file)) report.find('texts', 'fileMissing', { file });
    else if (hashOf(pack, file, engine) !== textSha256) report.find('texts', 'textAltered', { file });
  }
  return texts;
}

/** Of its NFC; nothing for what is no text, or too long to be one. */
function hashOf(pack: OpenedPack, file: string, engine: Engine): string {
  try {
    return toHex(engine.sha256(toUtf8(fromUtf8(pack.bytes(file)).normalize('NFC'))));
  } catch {
    return '';
  }
}

/** Whether what a receipt says was played is what was approved. What a relay sent, nobody knows. */
export function isApproved(
  { item, audioSha256, relay }: Receipt,
  { textSha256, audioSha256: approved }: TextRecord,
): boolean {
  if (item.textSha256 !== undefined && item.textSha256 !== textSha256) return false;
  return relay !== undefined || approved === null || approved === audioSha256;
}
