import { performance } from 'node:perf_hooks';
import {
  addDays,
  type Campaign,
  type CampaignHamlet,
  type ExistingPlay,
  type Interval,
  planCampaign,
} from '../../src/scheduling/engine/index.js';
import type { Bench } from './bench.js';

const LIMIT_MS = 2_000;
const MINUTE_MS = 60_000;
const FIRST_DAY = '2026-10-26';
const LAST_DAY = '2026-12-31';
const CUT = { before: '2026-11-25', atLeast: 1 };

/**
 * The campaign of the issue: 20 scripts, each 3 times in every one of 95 hamlets of 5 communes, with a cut, beside the bulletins that
 * each cluster plays already. Baseline in the same run: a planner that knows no free time and tries every minute of every day for
 * each play of each hamlet, on a stated share of the scripts, scaled.
 */
export const planner: Bench = {
  name: 'planner',
  async run({ short }) {
    const campaign = theCampaign();
    const startedMs = performance.now();
    const answer = planCampaign(campaign);
    const plannerMs = performance.now() - startedMs;
    if (!answer.ok) throw new Error(answer.refusal);
    const placed = answer.proposals.reduce((sum, { hamletIds }) => sum + hamletIds.length, 0);
    const cells = campaign.scripts.length * campaign.hamlets.length;
    const sampleScripts = short ? 2 : 10;
    const naiveStartedMs = performance.now();
    const naivePlaced = everyMinute({ ...campaign, scripts: campaign.scripts.slice(0, sampleScripts) });
    const naiveMs = performance.now() - naiveStartedMs;
    const baselineMs = (naiveMs * campaign.scripts.length) / sampleScripts;
    return {
      cells,
      wanted: cells * campaign.playsPerCell,
      placed,
      entries: answer.proposals.length,
      plannerMs: Math.round(plannerMs),
      baseline: `tries every minute for each play, ${sampleScripts} of ${campaign.scripts.length} scripts, scaled`,
      baselineSamplePlaced: naivePlaced,
      baselineMs: Math.round(baselineMs),
      ratio: Math.round((plannerMs / baselineMs) * 1_000) / 1_000,
      holds: plannerMs <= LIMIT_MS && placed === cells * campaign.playsPerCell,
    };
  },
};

const at = (day: string, time: string): number => Date.parse(`${day}T${time}+07:00`);

function theCampaign(): Campaign {
  const hamlets = Array.from({ length: 95 }, (_, index): CampaignHamlet => {
    const communePath = `/p/c${index % 5}/`;
    return {
      id: `h${index}`,
      name: `Thôn ${index}`,
      areaPath: `${communePath}h${index}/`,
      communePath,
      clusterIds: [`k${index}`],
    };
  });
  const busy = new Map(hamlets.map(({ clusterIds: [id = ''] }, index) => [id, bulletins(index)]));
  return {
    scripts: Array.from({ length: 20 }, (_, index) => ({
      itemId: `script-${String(index).padStart(2, '0')}`,
      title: `Bài ${index}`,
      durationMs: (4 + (index % 5)) * MINUTE_MS,
      validFrom: null,
      validTo: null,
    })),
    hamlets,
    clusters: hamlets.map(({ clusterIds: [id = ''], areaPath }) => ({ id, areaPath })),
    playsPerCell: 3,
    firstDay: FIRST_DAY,
    lastDay: LAST_DAY,
    notBeforeMs: null,
    cut: CUT,
    preferences: [{ from: '05:00', until: '11:00' }],
    oncePerDay: true,
    gapMs: MINUTE_MS,
    mostPerDay: { plays: null, durationMs: null },
    allowed: (_area, day) => [
      { fromMs: at(day, '05:00'), untilMs: at(day, '07:00') },
      { fromMs: at(day, '17:00'), untilMs: at(day, '19:00') },
    ],
    busy: (id) => busy.get(id) ?? [],
    dayStartMs: (day) => at(day, '00:00'),
  };
}

/** Two a day of a quarter of an hour; those of each cluster at a minute of its own. */
function bulletins(cluster: number): ExistingPlay[] {
  return daysOf().flatMap((day) =>
    ['05:00', '17:30'].map((time) => {
      const fromMs = at(day, time) + (cluster % 10) * MINUTE_MS;
      return { fromMs, untilMs: fromMs + 15 * MINUTE_MS, itemId: null };
    }),
  );
}

function daysOf(): string[] {
  const days: string[] = [];
  for (let day = FIRST_DAY; day <= LAST_DAY; day = addDays(day, 1)) days.push(day);
  return days;
}

/** What comes to mind first: walk through the minutes until one is free. @returns plays placed */
function everyMinute({ scripts, hamlets, clusters, playsPerCell, allowed, busy, gapMs }: Campaign): number {
  const pathOf = new Map(clusters.map(({ id, areaPath }) => [id, areaPath]));
  const days = daysOf();
  let placed = 0;
  for (const { clusterIds } of hamlets) {
    const [id = ''] = clusterIds;
    const taken: Interval[] = [...busy(id)];
    for (const { durationMs } of scripts) {
      let plays = 0;
      for (const [index, day] of days.entries()) {
        if (plays === playsPerCell) break;
        // Evenly over the period, as the planner does.
        if (index < Math.floor((plays * days.length) / playsPerCell)) continue;
        const open = allowed(pathOf.get(id) ?? '', day);
        for (let minute = 0; minute < 1_440; minute++) {
          const fromMs = at(day, '00:00') + minute * MINUTE_MS;
          const untilMs = fromMs + (durationMs ?? 0);
          if (!open.some((hours) => hours.fromMs <= fromMs && untilMs <= hours.untilMs)) continue;
          if (taken.some((play) => play.fromMs - gapMs < untilMs && fromMs < play.untilMs + gapMs)) continue;
          taken.push({ fromMs, untilMs });
          plays++;
          break;
        }
      }
      placed += plays;
    }
  }
  return placed;
}
