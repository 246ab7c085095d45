import type { Devices } from '../model.js';
import { occurrencesOf } from '../recurrence/index.js';
import { together } from '../timeline/index.js';
import { momentWords, type Words } from '../why/when.js';
import { clashDrafts } from './clashes.js';
import { SEVERITIES } from './codes.js';
import type { ConflictList, Draft } from './conflict.js';
import { gapDrafts } from './gaps.js';
import { type ConflictQuestion, Ground } from './ground.js';
import { fatesWords, overlapDrafts } from './overlaps.js';
import { Places } from './places.js';
import { remarkDrafts } from './remarks.js';
import { worded } from './solutions.js';
import { Trial } from './trial.js';

/** Nobody goes through a longer list. */
export const MOST_CONFLICTS = 500;

/** Everything in the plans that a person should look at, each thing once, with what can be done about it. */
export function conflictsOf(question: ConflictQuestion): ConflictList {
  const ground = new Ground(question);
  const places = new Places(ground, new Trial(ground));
  const seen = together(ground.board, ground.listenerIds);
  const drafts = [
    ...overlapDrafts(seen.overlaps, ground, places),
    ...clashDrafts(seen.clashes, ground),
    ...gapDrafts(seen.gaps, ground, places),
    ...remarkDrafts(seen.remarks, ground),
    ...unheard(ground),
  ].sort(byStart);
  const most = question.most ?? MOST_CONFLICTS;
  const conflicts = drafts.slice(0, most).map(({ finish, ...draft }) => ({ ...draft, ...finish() }));
  return { conflicts, leftOut: drafts.length - conflicts.length };
}

const byStart = (a: Draft, b: Draft): number =>
  a.fromMs - b.fromMs ||
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

const DEVICE_WORDS: Readonly<Record<Devices, Words>> = {
  loudspeakers: { vi: 'cụm loa', en: 'loudspeaker' },
  boards: { vi: 'bảng tin', en: 'board' },
  all: { vi: 'cụm loa hoặc bảng tin', en: 'loudspeaker or board' },
};

/** Entries of the area that occur in the span and are for nobody. */
function unheard(ground: Ground): Draft[] {
  const { areaPath, settings } = ground.question;
  return settings.entries.flatMap((entry): Draft[] => {
    if (!entry.areaPath.startsWith(areaPath) || ground.hearersOf(entry).length > 0) return [];
    const [first] = occurrencesOf(entry, settings.span, ground.calendar);
    if (!first) return [];
    const { id: entryId, title } = entry;
    const { id: occurrence, startMs: fromMs } = first;
    const fates = [{ occurrence, happens: 'skipped' as const, startsMs: null }];
    const at = momentWords(fromMs, ground.zone);
    const whom = DEVICE_WORDS[entry.devices];
    return [
      {
        ...{ key: `noListener ${entryId}`, code: 'noListener', severity: 'blocks', fromMs, listenerIds: [] },
        finish: () => ({
          ...{ untilMs: fromMs + 1, entryIds: [entryId], occurrences: [occurrence], itemIds: [] },
          vi: `“${title}” (từ ${at.vi}) không có nơi nào phát: địa bàn, nhóm hoặc điểm đã chọn không có ${whom.vi}.`,
          en: `“${title}” (from ${at.en}) plays nowhere: there is no ${whom.en} in the area, groups or places chosen.`,
          ifNothing: { fates, ...fatesWords(fates, ground) },
          solutions: [worded({ kind: 'target', entryId }, ground.titleOf)],
        }),
      },
    ];
  });
}
