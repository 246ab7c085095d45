import { AreaService } from '../../src/areas/index.js';
import type { Database } from '../../src/platform/database/index.js';
import { newEntries, newEntry } from '../../src/scheduling/entries/entry.api.js';
import { EntryService } from '../../src/scheduling/entries/entry.service.js';
import type { ProposalsView } from '../../src/scheduling/planning/planning.api.js';
import { shelve } from './shelf.js';
import { person, Station } from './station.js';

const AREA_HEADER = 'code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority\n';

/** A wall-clock time in Viet Nam as epoch milliseconds. */
export const at = (text: string): number => Date.parse(`${text}+07:00`);

export const MINUTE_MS = 60_000;

/**
 * An Khương with two hamlets and a cluster each (k1, k2), An Phú with one (k9); the clock stands at nine on Monday 5 January 2026. Hoa
 * plans for An Khương.
 */
export async function aStation(database: Database) {
  const station = await Station.open(database);
  await station.settle();
  const [ak, ap, ak1, ak2] = await Promise.all(['ak', 'ap', 'ak1', 'ak2'].map((code) => station.area(code)));
  if (!ak || !ap || !ak1 || !ak2) throw new Error('no such area');
  const clusterId = async (code: string) => (await station.cluster(code)).id;
  const entries = station.get(EntryService);
  return {
    station,
    areas: { ak, ap, ak1, ak2 },
    operator: person('Chị Hoa', 'operator', ak.path),
    monitor: person('Anh Nam', 'monitor', ak.path),
    clusterId,
    /** An approved item of five minutes, of the province. */
    item: async (title = 'Bản tin', durationMs = 5 * MINUTE_MS, area = 'bp') =>
      (await shelve(station, { title, durationMs, area })).id,
    draft: async () => (await shelve(station, { status: 'draft' })).id,
    daily: async (itemId: string, time: string, area = 'ak', clusterIds: string[] | null = null) =>
      entries.create(
        station.root,
        newEntry.parse({
          ...{ areaId: (await station.area(area)).id, itemId, clusterIds },
          recurrence: { kind: 'daily', from: '2026-01-05', until: null, time },
        }),
      ),
    /** A commune with this many hamlets, a cluster in each. */
    commune: async (code: string, hamlets: number) => {
      const codes = Array.from({ length: hamlets }, (_, index) => `${code}-${String(index + 1).padStart(3, '0')}`);
      const lines = codes.map((hamlet) => `${hamlet},${code},hamlet,Thôn ${hamlet},2020-01-01,,,,\n`);
      await station
        .get(AreaService)
        .importCsv(station.root, `${AREA_HEADER}${code},bp,commune,Xã ${code},2020-01-01,,,,\n${lines.join('')}`);
      await station.importClusters(codes.map((hamlet) => `c-${hamlet},${code},Cụm ${hamlet},,,2,${hamlet}\n`).join(''));
      return station.area(code);
    },
    /** As a client does: each batch as it came. */
    accept: async ({ batches }: ProposalsView) => {
      for (const batch of batches)
        await entries.createMany(station.root, newEntries.parse({ entries: batch.map(({ entry }) => entry) }).entries);
    },
  };
}

/** Local day and time of each proposal. */
export const placesOf = ({ batches }: ProposalsView) =>
  batches.flat().map(({ entry }) => `${entry.recurrence.date} ${entry.recurrence.time}`);
