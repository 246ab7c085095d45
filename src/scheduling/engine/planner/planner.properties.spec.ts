import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../time/index.js';
import { type Campaign, nextFree, type ProposedSchedule, planCampaign } from './index.js';
import { aGround, aHamlet, aScript, at, clustersOf, MINUTE_MS } from './planner.spec-support.js';

const FIRST = '2026-10-26';
const dayText = (index: number) => addDays(FIRST, index);
const minute = fc.integer({ min: 0, max: 24 * 60 });
const span = fc.tuple(minute, fc.integer({ min: 1, max: 300 })).map(([from, length]) => ({ from, length }));
const onDay = (day: string, { from, length }: { from: number; length: number }) => ({
  fromMs: at(`${day}T00:00`) + from * MINUTE_MS,
  untilMs: at(`${day}T00:00`) + (from + length) * MINUTE_MS,
});

const CLUSTERS = ['k1', 'k2', 'k3', 'k4', 'k5'];
const campaigns: fc.Arbitrary<Campaign> = fc
  .record({
    days: fc.integer({ min: 1, max: 8 }),
    scripts: fc.array(
      fc.record({
        durationMs: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 90 * MINUTE_MS })),
        validFrom: fc.option(fc.integer({ min: -2, max: 9 })),
        validTo: fc.option(fc.integer({ min: -2, max: 9 })),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    hamlets: fc.array(
      fc.record({
        clusterIds: fc.uniqueArray(fc.constantFrom(...CLUSTERS), { maxLength: 2 }),
        commune: fc.constantFrom('x', 'y'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    allowed: fc.array(fc.record({ commune: fc.constantFrom('x', 'y'), hours: span }), { minLength: 1, maxLength: 4 }),
    busy: fc.array(
      fc.record({
        cluster: fc.constantFrom(...CLUSTERS),
        day: fc.integer({ min: 0, max: 8 }),
        hours: span,
        item: fc.constantFrom(null, 's0', 's1'),
      }),
      { maxLength: 12 },
    ),
    playsPerCell: fc.integer({ min: 1, max: 4 }),
    cutDay: fc.option(fc.integer({ min: 0, max: 9 })),
    notBefore: fc.option(fc.integer({ min: 0, max: 8 * 24 * 3_600_000 })),
    oncePerDay: fc.boolean(),
    gapMs: fc.constantFrom(0, 90_500),
    mostPerDay: fc.record({
      plays: fc.option(fc.integer({ min: 1, max: 3 })),
      durationMs: fc.option(fc.integer({ min: 1, max: 120 * MINUTE_MS })),
    }),
    preferences: fc.constantFrom([], [{ from: '05:00', until: '11:00' }], [{ from: '17:00', until: '24:00' }]),
  })
  .map((random) => {
    const hamlets = random.hamlets.map(({ clusterIds, commune }, index) => aHamlet(`h${index}`, clusterIds, commune));
    const optionalDay = (index: number | null) => (index === null ? null : dayText(index));
    return {
      ...aGround({ hamlets }),
      clusters: clustersOf(hamlets),
      lastDay: dayText(random.days - 1),
      scripts: random.scripts.map(({ durationMs, validFrom, validTo }, index) =>
        aScript(`s${index}`, { durationMs, validFrom: optionalDay(validFrom), validTo: optionalDay(validTo) }),
      ),
      preferences: random.preferences,
      playsPerCell: random.playsPerCell,
      cut: random.cutDay === null ? null : { before: dayText(random.cutDay), atLeast: 1 },
      notBeforeMs: random.notBefore === null ? null : at(`${FIRST}T00:00`) + random.notBefore,
      oncePerDay: random.oncePerDay,
      gapMs: random.gapMs,
      mostPerDay: random.mostPerDay,
      allowed: (areaPath, day) =>
        random.allowed.filter(({ commune }) => areaPath.includes(`/${commune}/`)).map(({ hours }) => onDay(day, hours)),
      busy: (id) =>
        random.busy
          .filter(({ cluster }) => cluster === id)
          .map(({ day, hours, item }) => ({ ...onDay(dayText(day), hours), itemId: item }))
          .sort((a, b) => a.fromMs - b.fromMs),
    };
  });

function planned(campaign: Campaign): ProposedSchedule {
  const answer = planCampaign(campaign);
  if (!answer.ok) throw new Error(answer.refusal);
  return answer;
}

interface Sound {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly itemId: string | null;
  readonly own: boolean;
}

/** What each cluster sounds when the proposals are entered: the target is read as `concerns` does. */
function soundsOf(campaign: Campaign, { proposals }: ProposedSchedule): Map<string, Sound[]> {
  return new Map(
    campaign.clusters.map(({ id, areaPath }) => [
      id,
      [
        ...campaign.busy(id).map((play) => ({ ...play, own: false })),
        ...proposals
          .filter((proposal) => areaPath.startsWith(proposal.areaPath) && (proposal.clusterIds?.includes(id) ?? true))
          .map(({ itemId, startMs, endMs }) => ({ itemId, fromMs: startMs, untilMs: endMs, own: true })),
      ],
    ]),
  );
}

const dayOf = (ms: number) => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
const insideOne = (joined: readonly { fromMs: number; untilMs: number }[], from: number, until: number) => {
  // Second by second would be too slow: steps from end to end of the intervals that reach on.
  let at = from;
  for (let moved = true; moved && at < until; ) {
    moved = false;
    for (const { fromMs, untilMs } of joined)
      if (fromMs <= at && untilMs > at) {
        at = untilMs;
        moved = true;
      }
  }
  return at >= until;
};

describe('a proposed schedule, for any campaign', () => {
  const check = (property: (campaign: Campaign, answer: ProposedSchedule) => void) =>
    fc.assert(
      fc.property(campaigns, (campaign) => property(campaign, planned(campaign))),
      { numRuns: 300 },
    );

  it('never lies over another play, the silence included, and never outside the rules, the days or the validity', () => {
    check((campaign, answer) => {
      for (const [id, sounds] of soundsOf(campaign, answer)) {
        const { areaPath } = campaign.clusters.find((cluster) => cluster.id === id)!;
        for (const own of sounds.filter((sound) => sound.own)) {
          const day = dayOf(own.fromMs);
          const script = campaign.scripts.find(({ itemId }) => itemId === own.itemId)!;
          expect(day >= campaign.firstDay && day <= campaign.lastDay).toBe(true);
          expect(day >= (script.validFrom ?? day) && day <= (script.validTo ?? day)).toBe(true);
          expect(own.fromMs).toBeGreaterThanOrEqual(campaign.notBeforeMs ?? 0);
          expect(own.fromMs % 1_000).toBe(0);
          expect(insideOne(campaign.allowed(areaPath, day), own.fromMs, own.untilMs)).toBe(true);
          for (const other of sounds)
            if (other !== own)
              expect(other.fromMs >= own.untilMs + campaign.gapMs || other.untilMs + campaign.gapMs <= own.fromMs).toBe(
                true,
              );
        }
      }
    });
  });

  it('says day and local time of its start, and its length', () => {
    check((campaign, { proposals }) => {
      for (const { itemId, day, time, startMs, endMs } of proposals) {
        expect(at(`${day}T${time}`)).toBe(startMs);
        expect(endMs - startMs).toBe(campaign.scripts.find((script) => script.itemId === itemId)!.durationMs);
      }
    });
  });

  it('plays no script twice on a day, and no more of the campaign than the limits of a day', () => {
    check((campaign, answer) => {
      for (const sounds of soundsOf(campaign, answer).values()) {
        const { plays, durationMs } = campaign.mostPerDay;
        const own = sounds.filter((sound) => sound.own);
        for (const { fromMs, itemId } of own) {
          const day = dayOf(fromMs);
          const same = sounds.filter((sound) => sound.itemId === itemId && dayOf(sound.fromMs) === day);
          if (campaign.oncePerDay) expect(same).toHaveLength(1);
          const ofDay = own.filter((sound) => dayOf(sound.fromMs) === day);
          expect(ofDay.length).toBeLessThanOrEqual(plays ?? Number.POSITIVE_INFINITY);
          const sum = ofDay.reduce((total, sound) => total + sound.untilMs - sound.fromMs, 0);
          expect(sum).toBeLessThanOrEqual(durationMs ?? Number.POSITIVE_INFINITY);
        }
      }
    });
  });

  it('counts each cell once: placed and missing make what was asked, and all clusters of a hamlet sound together', () => {
    check((campaign, { proposals, unplaced }) => {
      for (const { itemId } of campaign.scripts)
        for (const { id, clusterIds } of campaign.hamlets) {
          const serving = proposals.filter((one) => one.itemId === itemId && one.hamletIds.includes(id));
          for (const proposal of serving)
            for (const cluster of clusterIds) expect(proposal.clusterIds ?? clusterIds).toContain(cluster);
          const ofCell = unplaced.filter((cell) => cell.itemId === itemId && cell.hamletId === id);
          const missing = ofCell
            .filter(({ reason }) => reason !== 'cutNotMet')
            .reduce((n, cell) => n + cell.missing, 0);
          expect(serving.length + missing).toBe(campaign.playsPerCell);
          const late = ofCell.find(({ reason }) => reason === 'cutNotMet')?.missing ?? 0;
          const { cut } = campaign;
          const early = serving.filter(({ day }) => cut && day < cut.before).length;
          if (cut) expect(early + late).toBeGreaterThanOrEqual(Math.min(cut.atLeast, serving.length));
        }
    });
  });

  it('leaves nothing out for which there is a place: a slow search finds none', () => {
    check((campaign, answer) => {
      const sounds = soundsOf(campaign, answer);
      const alone = new Set(
        campaign.hamlets.filter(({ clusterIds }) => clusterIds.length === 1).map(({ clusterIds }) => clusterIds[0]!),
      );
      for (const { clusterIds } of campaign.hamlets)
        if (clusterIds.length > 1) for (const id of clusterIds) alone.delete(id);
      const places = (id: string) => campaign.hamlets.filter(({ clusterIds }) => clusterIds.includes(id));
      for (const { itemId, hamletId, reason } of answer.unplaced) {
        const hamlet = campaign.hamlets.find(({ id }) => id === hamletId)!;
        const [id] = hamlet.clusterIds;
        if (reason !== 'noFreePlace' || hamlet.clusterIds.length !== 1 || !id || !alone.has(id)) continue;
        const { durationMs, validFrom, validTo } = campaign.scripts.find((script) => script.itemId === itemId)!;
        for (let day = campaign.firstDay; day <= campaign.lastDay; day = addDays(day, 1)) {
          if (day < (validFrom ?? day) || day > (validTo ?? day)) continue;
          const heard = sounds.get(id)!;
          if (campaign.oncePerDay && heard.some((sound) => sound.itemId === itemId && dayOf(sound.fromMs) === day))
            continue;
          const ofDay = heard.filter((sound) => sound.own && dayOf(sound.fromMs) === day);
          if (ofDay.length >= (campaign.mostPerDay.plays ?? Number.POSITIVE_INFINITY)) continue;
          const sum = ofDay.reduce((total, sound) => total + sound.untilMs - sound.fromMs, durationMs!);
          if (sum > (campaign.mostPerDay.durationMs ?? Number.POSITIVE_INFINITY)) continue;
          const startMs = nextFree({
            busy: [heard],
            allowed: [
              campaign.allowed(campaign.clusters.find((cluster) => cluster.id === id)!.areaPath, day),
              ...places(id).map(({ areaPath }) => campaign.allowed(areaPath, day)),
            ],
            durationMs: durationMs!,
            gapMs: campaign.gapMs,
            fromMs: Math.max(at(`${day}T00:00`), campaign.notBeforeMs ?? 0),
            untilMs: at(`${addDays(day, 2)}T00:00`),
          });
          expect(startMs === null || dayOf(startMs) !== day).toBe(true);
        }
      }
    });
  });

  it('is the same whatever the order of scripts, hamlets and clusters', () => {
    fc.assert(
      fc.property(
        campaigns.chain((campaign) =>
          fc.record({
            campaign: fc.constant(campaign),
            scripts: shuffled(campaign.scripts),
            hamlets: shuffled(campaign.hamlets),
            clusters: shuffled(campaign.clusters),
          }),
        ),
        ({ campaign, ...order }) => {
          expect(planned({ ...campaign, ...order })).toEqual(planned(campaign));
        },
      ),
      { numRuns: 150 },
    );
  });
});

const shuffled = <T>(all: readonly T[]) => fc.shuffledSubarray([...all], { minLength: all.length });

describe('the next free place', () => {
  it('is the first that a slow search by the minute finds', () => {
    const spans = fc.array(span, { maxLength: 6 });
    fc.assert(
      fc.property(
        spans,
        spans,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 5 }),
        (busy, allowed, length, gap) => {
          const on = (all: readonly { from: number; length: number }[]) => all.map((hours) => onDay(FIRST, hours));
          const midnight = at(`${FIRST}T00:00`);
          const found = nextFree({
            busy: [on(busy)],
            allowed: [on(allowed)],
            durationMs: length * MINUTE_MS,
            gapMs: gap * MINUTE_MS,
            fromMs: midnight,
            untilMs: midnight + 36 * 60 * MINUTE_MS,
          });
          let expected: number | null = null;
          for (let start = 0; start + length <= 36 * 60 && expected === null; start++) {
            const minutes = Array.from({ length }, (_, index) => start + index);
            const open = minutes.every((one) =>
              allowed.some((hours) => hours.from <= one && one < hours.from + hours.length),
            );
            const taken = busy.some(
              (hours) => hours.from < start + length + gap && start < hours.from + hours.length + gap,
            );
            if (open && !taken) expected = midnight + start * MINUTE_MS;
          }
          expect(found).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});
