import { fromUtf8, toHex } from '../../devices/protocol/index.js';
import {
  type DeclaredRecord,
  type DeviceRecord,
  declaredIndex,
  FILES,
  heardAnswers,
  type ServedHamlet,
  servedHamlets,
} from '../pack/contents.js';
import type { OpenedPack } from './archive.js';
import type { Engine, Report } from './verdict.js';

interface Reading<T> {
  safeParse(said: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

/** @returns null for a file that is not there or not well-formed */
export function readJson<T>(pack: OpenedPack, name: string, schema: Reading<T>): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(fromUtf8(pack.bytes(name))));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What the installation states beside the receipts; nobody else signed it. */
export interface StatedGround {
  readonly hamlets: readonly ServedHamlet[];
  /** Sessions that the head of a hamlet heard clearly, by `groundKey(item, hamlet)`. */
  readonly heard: ReadonlyMap<string, number>;
}
export const groundKey = (item: string, hamlet: string): string => `${item} ${hamlet}`;

/** Null: the table cannot be checked without it. */
export function statedGround(
  pack: OpenedPack,
  devices: ReadonlyMap<string, DeviceRecord>,
  report: Report,
): StatedGround | null {
  const hamlets = readJson(pack, FILES.hamlets, servedHamlets);
  const answers = readJson(pack, FILES.heard, heardAnswers);
  if (!hamlets) report.find('coverage', 'fileUnreadable', { file: FILES.hamlets });
  if (!answers) report.find('coverage', 'fileUnreadable', { file: FILES.heard });
  if (!hamlets || !answers) return null;
  const reach = new Map(hamlets.flatMap(({ clusters }) => clusters.map((each) => [each.id, each.reach] as const)));
  for (const { device, cluster } of devices.values())
    if ((reach.get(cluster.id) ?? cluster.reach) !== cluster.reach)
      report.find('devices', 'reachOther', { device, place: cluster.name });
  const { from, to } = pack.manifest.period;
  const sessions = new Map<string, Set<string>>();
  for (const { item, hamlet, session, day } of answers) {
    if (day < from || day > to) continue;
    const key = groundKey(item, hamlet);
    sessions.set(key, (sessions.get(key) ?? new Set()).add(session));
  }
  if (answers.length > 0) report.note('heardWord', { count: answers.length });
  return { hamlets, heard: new Map([...sessions].map(([key, found]) => [key, found.size])) };
}

/** Khai báo: each with a person and a photograph whose bytes are those that were named. @returns times by `groundKey` */
export function checkDeclared(pack: OpenedPack, engine: Engine, report: Report): ReadonlyMap<string, number> {
  report.begin('declared');
  const times = new Map<string, number>();
  const records = readJson(pack, FILES.declared, declaredIndex);
  if (!records) {
    report.find('declared', 'fileUnreadable', { file: FILES.declared });
    return times;
  }
  const { period, counts } = pack.manifest;
  for (const record of records) {
    report.looked('declared');
    if (record.day < period.from || record.day > period.to) report.find('declared', 'declaredOutside', named(record));
    const { file, sha256 } = record.photo;
    if (file === null) report.note('photoLost', named(record));
    else if (!pack.has(file)) report.find('declared', 'fileMissing', { file });
    else if (hashOf(pack, file, engine) !== sha256)
      report.find('declared', 'declaredPhoto', { file, ...named(record) });
    const key = groundKey(record.item, record.hamlet);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  if (records.length !== counts.declared)
    report.find('declared', 'declaredCount', { said: counts.declared, found: records.length });
  if (records.length > 0) report.note('declaredWord', { count: records.length });
  return times;
}

function hashOf(pack: OpenedPack, file: string, engine: Engine): string {
  const hash = engine.hasher();
  for (const piece of pack.pieces(file)) hash.update(piece);
  return toHex(hash.digest());
}

const named = ({ title, hamletName, communeName, person }: DeclaredRecord) => ({
  item: title,
  place: `${communeName}, ${hamletName}`,
  person,
});
