import {
  type Listener,
  type OrderPart,
  type Recurrence,
  type ScheduleEntry,
  solarOf,
  spanOfDays,
  type TimelineItem,
} from '../../src/scheduling/engine/index.js';
import { RuleBook, type RuleSet, vietnamYearDays } from '../../src/scheduling/engine/rules/index.js';
import { pick, seeded } from './search.content.js';

export const ZONE = 'Asia/Ho_Chi_Minh';
/** Seven days, with a mùng 1 of the lunar calendar in them. */
export const WEEK = spanOfDays('2026-11-09', 7, ZONE);
const LAST_START = Date.UTC(2026, 10, 8);
const FIVE_YEARS_DAYS = 1_826;
const DAY_MS = 86_400_000;
const ITEMS = 600;
const CLUSTERS_A_COMMUNE = 20;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** A province as plain data. */
export interface Province {
  readonly entries: readonly ScheduleEntry[];
  readonly listeners: readonly Listener[];
  readonly items: ReadonlyMap<string, TimelineItem>;
  readonly ruleSets: readonly RuleSet[];
}

/**
 * Twenty clusters a commune, two in each of ten hamlets, some of which speak another language first. 35 entries a commune: two slots
 * with a running order (chime, relay, bulletin) and seven entries in each, one behind the morning slot, and 18 with times of their own;
 * five of each cluster's own. A tenth is of class priority. The province has operating rules, every third commune its own.
 */
export function provinceOf(communes: number): Province {
  const random = seeded(communes);
  const entries: ScheduleEntry[] = [];
  const listeners: Listener[] = [];
  for (let n = 0; n < communes; n++) {
    const areaPath = `/tinh/xa${number(n)}/`;
    entries.push(...entriesOfCommune(random, areaPath, n));
    for (let k = 0; k < CLUSTERS_A_COMMUNE; k++) {
      const cluster = aCluster(random, areaPath, n, k);
      listeners.push(cluster);
      for (let own = 0; own < 5; own++)
        entries.push(anEntry(random, areaPath, `${cluster.id}own${own}`, { clusterIds: [cluster.id] }));
    }
  }
  return { entries, listeners, items: itemsOf(), ruleSets: ruleSetsOf(communes) };
}

export const rulesOf = ({ ruleSets }: Province): RuleBook =>
  new RuleBook(ruleSets, [vietnamYearDays(2026, (lunar) => solarOf({ ...lunar, leap: false }))]);

function entriesOfCommune(random: () => number, areaPath: string, n: number): ScheduleEntry[] {
  const id = (name: string) => `x${number(n)}${name}`;
  const runningOrder: OrderPart[] = [
    { kind: 'item', itemId: 'chime' },
    { kind: 'relay', itemId: 'voice', durationMs: 900_000 },
    { kind: 'gap', durationMs: 2_000 },
    { kind: 'bulletin' },
  ];
  const slot = { lengthMs: 3_600_000, reserved: false };
  const sessions = ['05:00', '17:00'].map((time, turn) =>
    anEntry(random, areaPath, id(`slot${turn}`), {
      ...{ runningOrder, slot, class: 'normal' },
      recurrence: { kind: 'daily', from: someDay(random), until: null, time },
    }),
  );
  const inSlots = Array.from({ length: 14 }, (_, k) =>
    anEntry(random, areaPath, id(`in${number(k)}`), { place: { kind: 'inSlot', entryId: id(`slot${k % 2}`) } }),
  );
  const behind = anEntry(random, areaPath, id('behind'), {
    place: { kind: 'after', entryId: id('slot0'), gapMs: 5_000 },
  });
  const others = Array.from({ length: 18 }, (_, k) => anEntry(random, areaPath, id(`e${number(k)}`)));
  return [...sessions, ...inSlots, behind, ...others];
}

function anEntry(
  random: () => number,
  areaPath: string,
  id: string,
  changes: Partial<ScheduleEntry> = {},
): ScheduleEntry {
  return {
    ...{
      id,
      areaPath,
      title: 'Bản tin',
      devices: 'loudspeakers',
      clusterIds: null,
      groupIds: null,
      hamletIds: null,
      slot: null,
      place: null,
    },
    runningOrder: [{ kind: 'item', itemId: `i${Math.floor(random() * ITEMS)}` }],
    recurrence: aRecurrence(random),
    ...{ changes: [], zone: ZONE, level: 'commune', late: 'whole', interrupted: 'resume', graceMs: 900_000 },
    class: random() < 0.1 ? 'priority' : 'normal',
    volume: 60 + Math.floor(random() * 20),
    ...{ createdAtMs: 0, cancelledAtMs: null },
    ...changes,
  };
}

/** Of a hundred: 40 daily, 25 weekly, 25 by RFC 5545 with INTERVAL, COUNT, BYDAY or BYMONTHDAY, 10 lunar. */
function aRecurrence(random: () => number): Recurrence {
  const from = someDay(random);
  const minute = String(5 * Math.floor(random() * 12)).padStart(2, '0');
  const time = `${pick(random, ['05', '06', '10', '11', '16', '17', '18', '19'])}:${minute}`;
  const kind = random();
  if (kind < 0.4) return { kind: 'daily', from, until: null, time };
  if (kind < 0.65) return { kind: 'weekly', from, until: null, weekdays: someWeekdays(random), time };
  if (kind < 0.9)
    return { kind: 'rrule', start: `${from}T${time}`, rules: [aRule(random, from)], dates: [], except: [] };
  const days = pick(random, [[1], [15], [1, 15]]);
  const on = { days, month: null, leap: 'both', missing30: 'lastDay', offsetDays: 0 } as const;
  return { kind: 'lunar', from, until: null, time, on };
}

function aRule(random: () => number, from: string): string {
  const weekday = WEEKDAYS[(new Date(from).getUTCDay() + 6) % 7];
  return pick(random, [
    'FREQ=DAILY;INTERVAL=3',
    `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday}`,
    `FREQ=WEEKLY;COUNT=300;BYDAY=${weekday}`,
    'FREQ=DAILY;COUNT=1500',
    'FREQ=MONTHLY;BYMONTHDAY=1,15,-1',
    'FREQ=MONTHLY;BYDAY=1MO,-1FR',
    'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=10,11,12',
  ]);
}

const someDay = (random: () => number): string =>
  new Date(LAST_START - Math.floor(random() * FIVE_YEARS_DAYS) * DAY_MS).toISOString().slice(0, 10);

function someWeekdays(random: () => number): number[] {
  const some = [1, 2, 3, 4, 5, 6, 7].filter(() => random() < 0.4);
  return some.length > 0 ? some : [7];
}

function aCluster(random: () => number, communePath: string, n: number, k: number): Listener {
  const hamlet = `ap${Math.floor(k / 2)}`;
  return {
    id: `x${number(n)}k${number(k)}`,
    kind: 'loudspeakers',
    areaPath: `${communePath}${hamlet}/`,
    groupIds: [`x${number(n)}nhom${k % 3}`],
    hamletIds: [`x${number(n)}${hamlet}`],
    languages: k < 4 ? ['stieng', 'vi'] : ['vi'],
    capabilities: random() < 0.8 ? ['stream'] : [],
  };
}

/** Every fifth script has a version in the other language. */
function itemsOf(): ReadonlyMap<string, TimelineItem> {
  const item = (id: string, groupId: string, language: string, durationMs: number): TimelineItem => ({
    ...{ id, groupId, language, version: 1, title: `Bản tin ${id}`, textSha256: 'a'.repeat(64) },
    ...{ validFrom: null, validTo: null, approval: 'before' },
    audio: { sha256: 'b'.repeat(64), bytes: durationMs * 3, type: 'audio/ogg', durationMs },
  });
  const all = [item('chime', 'chime', 'vi', 12_345)];
  for (let n = 0; n < ITEMS; n++) {
    all.push(item(`i${n}`, `g${n}`, 'vi', 60_000 + ((n * 7_919) % 300_000)));
    if (n % 5 === 0) all.push(item(`i${n}s`, `g${n}`, 'stieng', 70_000 + ((n * 7_919) % 300_000)));
  }
  const { audio: _audio, ...voice } = item('voice', 'voice', 'vi', 0);
  const fallback = { sha256: 'c'.repeat(64), bytes: 60_000, type: 'audio/ogg', durationMs: 30_000 };
  all.push({ ...voice, relay: { url: 'https://stream.vov.vn/vov1', fallback } } as TimelineItem);
  return new Map(all.map((each) => [each.id, each]));
}

function ruleSetsOf(communes: number): RuleSet[] {
  const days = [1, 2, 3, 4, 5, 6, 7] as const;
  const hours = { days, season: null, untilDay: 'same' } as const;
  const set = (id: string, areaPath: string, changes: Partial<RuleSet>): RuleSet => ({
    ...{
      id,
      revision: 1,
      areaPath,
      number: `${id}/QC-UBND`,
      date: '2025-07-01',
      attachmentSha256: null,
      validFrom: '2025-07-01',
    },
    ...{ validTo: null, maxSessionMinutes: null, maxSessionsPerDay: null, sessionGapMinutes: null, blackouts: [] },
    ...{ windows: null, volumeCeilings: null },
    ...changes,
  });
  const ofProvince = set('r', '/tinh/', {
    windows: [{ ...hours, from: '05:00', until: '21:00' }],
    volumeCeilings: [{ ...hours, from: '04:00', until: '05:30', max: 70 }],
    maxSessionMinutes: 180,
  });
  const own = Array.from({ length: Math.ceil(communes / 3) }, (_, n) =>
    set(`r${number(n * 3)}`, `/tinh/xa${number(n * 3)}/`, {
      windows: [{ ...hours, from: '05:10', until: '20:30' }],
      maxSessionsPerDay: 10,
    }),
  );
  return [ofProvince, ...own];
}

const number = (n: number): string => String(n).padStart(4, '0');
