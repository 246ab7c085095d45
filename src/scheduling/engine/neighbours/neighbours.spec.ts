import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { delayMs, distanceM, type NeighbourQuestion, neighbours, type SoundingPlay } from './index.js';

const at = (text: string): number => Date.parse(`2026-11-30T${text}+07:00`);
const MONDAY = { startMs: at('00:00'), weekday: 1 };
const ORIGIN = { latitude: 11.65, longitude: 106.6 };
/** A cluster so many metres north and east of the culture house. */
const aCluster = (id: string, north: number, east = 0) => ({
  id,
  name: `Cụm ${id}`,
  latitude: ORIGIN.latitude + north / 111_195,
  longitude: ORIGIN.longitude + east / (111_195 * Math.cos((ORIGIN.latitude * Math.PI) / 180)),
});
const aPlay = (itemId: string | null, from: string, minutes = 5, movable = true): SoundingPlay => ({
  play: `${itemId}-${from}`,
  itemId,
  fromMs: at(from),
  untilMs: at(from) + minutes * 60_000,
  movable,
});
const ask = (
  clusters: NeighbourQuestion['clusters'],
  plays: Readonly<Record<string, readonly SoundingPlay[]>>,
  changes: Partial<NeighbourQuestion> = {},
) =>
  neighbours({
    clusters,
    playsOf: (id) => plays[id] ?? [],
    allowedOf: () => [{ fromMs: at('05:00'), untilMs: at('06:00') }],
    foreign: [],
    days: [MONDAY],
    ...changes,
  });

describe('sound', () => {
  it('needs 1.7 s for 600 m', () => {
    expect(delayMs(600) / 1_000).toBeCloseTo(1.7, 1);
  });

  it('Ha Noi is 1,138 km from Ho Chi Minh City', () => {
    const km =
      distanceM({ latitude: 21.0285, longitude: 105.8542 }, { latitude: 10.8231, longitude: 106.6297 }) / 1_000;
    expect(Math.abs(km - 1_138)).toBeLessThan(3);
  });
});

describe('neighbours', () => {
  it('horns within 20 m that start together are as they should be', () => {
    const plays = [aPlay('bulletin', '05:00')];
    expect(ask([aCluster('k1', 0), aCluster('k2', 15)], { k1: plays, k2: plays })).toEqual({
      warnings: [],
      staggers: [],
      withoutPlace: [],
      leftOut: { clusters: 0, warnings: 0, staggers: 0 },
    });
  });

  it('and that do not start together are to', () => {
    const { warnings, staggers } = ask([aCluster('k1', 0), aCluster('k2', 15)], {
      k1: [aPlay('bulletin', '05:00')],
      k2: [aPlay('bulletin', '05:01')],
    });
    expect(warnings.map(({ code, solution }) => [code, solution])).toEqual([['notTogether', 'startTogether']]);
    expect(staggers).toEqual([]);
  });

  it('farther ones echo when they start together: the later id comes a turn later', () => {
    const plays = [aPlay('bulletin', '05:00')];
    const { warnings, staggers } = ask([aCluster('k2', 600), aCluster('k1', 0)], { k1: plays, k2: plays });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      code: 'sameTimeSameItem',
      clusters: ['k1', 'k2'],
      foreign: null,
      distanceM: 600,
      delayMs: 1_749,
      fromMs: at('05:00'),
      untilMs: at('05:05'),
      times: 1,
      solution: 'stagger',
    });
    expect(warnings[0]?.words.vi).toContain('1,7 giây');
    // Five minutes, and the 4.4 s that sound needs to leave earshot.
    expect(staggers).toEqual([
      { clusters: [{ clusterId: 'k2', play: 'bulletin-05:00' }], fromMs: at('05:00'), toMs: at('05:05:05'), turn: 1 },
    ]);
  });

  it('a row of clusters needs two turns only: what is out of earshot may sound again', () => {
    const row = [0, 1, 2, 3].map((index) => aCluster(`k${index}`, index * 1_000));
    const plays = [aPlay('bulletin', '05:00')];
    const { staggers } = ask(row, { k0: plays, k1: plays, k2: plays, k3: plays });
    expect(staggers.map(({ clusters, turn }) => [clusters[0]?.clusterId, turn])).toEqual([
      ['k1', 1],
      ['k3', 1],
    ]);
  });

  it('two horns of one place are moved together', () => {
    const plays = [aPlay('bulletin', '05:00')];
    const clusters = [aCluster('k1', 0), aCluster('k2', 700), aCluster('k3', 710)];
    const { staggers } = ask(clusters, { k1: plays, k2: plays, k3: plays });
    expect(staggers.map((one) => one.clusters.map(({ clusterId }) => clusterId))).toEqual([['k2', 'k3']]);
  });

  it('a relay cannot be moved, nor a play beyond its hours: then a person decides', () => {
    const relay = [aPlay(null, '05:00', 30, false)];
    const clusters = [aCluster('k1', 0), aCluster('k2', 400)];
    const relays = ask(clusters, { k1: relay, k2: relay });
    expect(relays.warnings.map(({ code, solution }) => [code, solution])).toEqual([['sameTimeOtherItem', 'warn']]);
    const long = [aPlay('bulletin', '05:00', 40)];
    expect(ask(clusters, { k1: long, k2: long })).toMatchObject({ warnings: [{ solution: 'warn' }], staggers: [] });
  });

  it('clusters of two communes are neighbours like any, and out of earshot none are', () => {
    const plays = { k1: [aPlay('bulletin', '05:00')], k2: [aPlay('notice', '05:02')] };
    expect(ask([aCluster('k1', 0), aCluster('k2', 1_400)], plays).warnings[0]).toMatchObject({
      code: 'sameTimeOtherItem',
      fromMs: at('05:02'),
      untilMs: at('05:05'),
    });
    expect(ask([aCluster('k1', 0), aCluster('k2', 1_600)], plays).warnings).toEqual([]);
  });

  it('a foreign loudspeaker sounds by its hours and weekdays', () => {
    const school = { name: 'Trường THCS', latitude: ORIGIN.latitude, longitude: ORIGIN.longitude };
    const hours = { fromMs: 5 * 3_600_000, untilMs: 5.5 * 3_600_000 };
    const plays = { k1: [aPlay('bulletin', '05:28')] };
    const beside = (weekdays: number[]) =>
      ask([aCluster('k1', 300)], plays, { foreign: [{ ...school, hours: [{ weekdays, ...hours }] }] }).warnings;
    expect(beside([1, 7])).toMatchObject([
      {
        code: 'foreign',
        clusters: ['k1'],
        foreign: 'Trường THCS',
        fromMs: at('05:28'),
        untilMs: at('05:30'),
        solution: 'warn',
      },
    ]);
    expect(beside([2, 3, 4, 5, 6, 7])).toEqual([]);
  });

  it('clusters without coordinates are listed, impossible ones too', () => {
    const nowhere = { ...aCluster('k2', 0), latitude: null };
    const impossible = { ...aCluster('k1', 0), latitude: 1_066 };
    expect(ask([nowhere, impossible], {}).withoutPlace).toEqual(['k1', 'k2']);
  });

  it('two plays that one cluster has at once are no matter of neighbours', () => {
    const { warnings, staggers } = ask([aCluster('k1', 0)], { k1: [aPlay('a', '05:00'), aPlay('b', '05:02')] });
    expect([warnings, staggers]).toEqual([[], []]);
  });

  it('the lists are bounded, and what was left out is counted', () => {
    const clusters = Array.from({ length: 6 }, (_, index) => aCluster(`k${index}`, index * 100));
    const plays = Object.fromEntries(clusters.map(({ id }) => [id, [aPlay('bulletin', '05:00')]]));
    const { warnings, staggers, leftOut } = ask(clusters, plays, { settings: { mostWarnings: 4, mostStaggers: 2 } });
    expect([warnings.length, staggers.length, leftOut]).toEqual([4, 2, { clusters: 0, warnings: 11, staggers: 3 }]);
    expect(() => ask(clusters, plays, { settings: { earshotM: 0 } })).toThrow(RangeError);
  });
});

describe('for any clusters and plays', () => {
  const minute = fc.integer({ min: 0, max: 59 });
  const questions = fc
    .array(
      fc.record({
        north: fc.integer({ min: 0, max: 4_000 }),
        near: fc.boolean(),
        plays: fc.array(fc.record({ item: fc.constantFrom('a', 'b', null), minute, length: fc.constant(4) }), {
          maxLength: 4,
        }),
      }),
      { minLength: 1, maxLength: 7 },
    )
    .map((all) => {
      const clusters = all.map(({ north, near }, index) => aCluster(`k${index}`, near ? 0 : north, near ? index : 0));
      const plays = Object.fromEntries(
        all.map((one, index) => {
          const taken = new Set<number>();
          const list = one.plays
            .filter(({ minute: from }) => !taken.has(from) && taken.add(from))
            .map(({ item, minute: from, length }) =>
              aPlay(item, `05:${String(from).padStart(2, '0')}`, length, item !== null),
            );
          return [`k${index}`, list.sort((a, b) => a.fromMs - b.fromMs)];
        }),
      );
      return { clusters, plays };
    });

  it('warnings are exactly the pairs that a slow comparison finds', () => {
    fc.assert(
      fc.property(questions, ({ clusters, plays }) => {
        const expected: string[] = [];
        for (const a of clusters)
          for (const b of clusters) {
            const metres = distanceM(a, b);
            if (a.id >= b.id || metres > 1_500) continue;
            for (const one of plays[a.id]!)
              for (const other of plays[b.id]!) {
                if (one.fromMs >= other.untilMs || other.fromMs >= one.untilMs) continue;
                const same = one.itemId !== null && one.itemId === other.itemId;
                if (same && metres <= 20 && one.fromMs === other.fromMs) continue;
                expected.push(
                  `${a.id} ${b.id} ${!same ? 'sameTimeOtherItem' : metres <= 20 ? 'notTogether' : 'sameTimeSameItem'}`,
                );
              }
          }
        const found = ask(clusters, plays).warnings.flatMap((one) =>
          Array.from({ length: one.times }, () => `${one.clusters.join(' ')} ${one.code}`),
        );
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 200 },
    );
  });

  it('what is moved stays within its hours, meets nothing within earshot, and horns of one place stay together', () => {
    fc.assert(
      fc.property(questions, ({ clusters, plays }) => {
        const { staggers } = ask(clusters, plays);
        const toMs = new Map(
          staggers.flatMap((one) => one.clusters.map(({ clusterId, play }) => [`${clusterId} ${play}`, one.toMs])),
        );
        const proposed = clusters.flatMap(({ id }) =>
          plays[id]!.map((play) => {
            const fromMs = toMs.get(`${id} ${play.play}`) ?? play.fromMs;
            return { id, moved: fromMs !== play.fromMs, play, fromMs, untilMs: fromMs + play.untilMs - play.fromMs };
          }),
        );
        const placeOf = (id: string) => clusters.find((cluster) => cluster.id === id)!;
        for (const one of proposed.filter(({ moved }) => moved)) {
          expect(one.play.movable && one.fromMs > one.play.fromMs && one.untilMs <= at('06:00')).toBe(true);
          for (const other of proposed) {
            if (other === one || distanceM(placeOf(one.id), placeOf(other.id)) > 1_500) continue;
            const together = staggers.some(
              (stagger) =>
                stagger.clusters.some(({ clusterId, play }) => clusterId === one.id && play === one.play.play) &&
                stagger.clusters.some(({ clusterId, play }) => clusterId === other.id && play === other.play.play),
            );
            if (together) expect(other.fromMs).toBe(one.fromMs);
            // What starts with it and cannot be moved may be longer than a turn; here all are of one length.
            else expect(one.fromMs >= other.untilMs || other.fromMs >= one.untilMs).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the order of clusters does not matter', () => {
    fc.assert(
      fc.property(questions, ({ clusters, plays }) => {
        expect(ask([...clusters].reverse(), plays)).toEqual(ask(clusters, plays));
      }),
      { numRuns: 100 },
    );
  });
});

describe('size', () => {
  it('3,000 clusters at one point are looked at as far as the bound goes', () => {
    const clusters = Array.from({ length: 3_000 }, (_, index) => aCluster(`k${index}`, 0));
    const { leftOut } = ask(clusters, {});
    expect(leftOut.clusters).toBeGreaterThan(2_900);
  });

  it('3,000 clusters of 150 communes with 35 plays a day for a week', () => {
    const clusters = Array.from({ length: 3_000 }, (_, index) => {
      const commune = Math.floor(index / 20);
      const within = index % 20;
      return aCluster(
        `k${String(index).padStart(4, '0')}`,
        (commune % 12) * 6_000 + (within % 5) * 900,
        Math.floor(commune / 12) * 6_000 + Math.floor(within / 5) * 900,
      );
    });
    const ofCommune = Array.from({ length: 150 }, (_, commune) =>
      Array.from({ length: 245 }, (_, index): SoundingPlay => {
        const fromMs = at('05:00') + Math.floor(index / 35) * 86_400_000 + (index % 35) * 600_000;
        return {
          play: `p${index}`,
          itemId: `i${commune}-${index % 7}`,
          fromMs,
          untilMs: fromMs + 240_000,
          movable: true,
        };
      }),
    );
    const before = performance.now();
    const { warnings, leftOut } = neighbours({
      clusters,
      playsOf: (id) => ofCommune[Math.floor(Number(id.slice(1)) / 20)]!,
      allowedOf: () => [{ fromMs: at('05:00'), untilMs: at('05:00') + 8 * 86_400_000 }],
      foreign: [],
      days: [MONDAY],
    });
    expect(performance.now() - before).toBeLessThan(20_000);
    expect(warnings).toHaveLength(1_000);
    expect(leftOut.warnings).toBeGreaterThan(5_000);
  });
});
