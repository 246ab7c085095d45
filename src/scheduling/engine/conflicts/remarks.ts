import type { ScheduleEntry } from '../model.js';
import { type Breach, wordsOf } from '../rules/index.js';
import type { Remark, Shared } from '../timeline/index.js';
import { shelfOf, stepsOf } from '../timeline/running-order.js';
import { itemAt, partOf } from '../why/subject.js';
import { lengthWords, momentWords } from '../why/when.js';
import type { Draft, Happening } from './conflict.js';
import type { Ground } from './ground.js';
import { fatesWords } from './overlaps.js';
import { type SolutionData, worded } from './solutions.js';
import { occurrenceOf } from './trial.js';

type Overrun = Extract<Remark, { readonly code: 'slotOverrun' }>;
type LanguageMissing = Extract<Remark, { readonly code: 'languageMissing' }>;

/** What is played, though not as somebody may think. Parts of one occurrence with the same remark are one conflict. */
export function remarkDrafts(remarks: readonly Shared<{ readonly remark: Remark }>[], ground: Ground): Draft[] {
  const found = new Map<string, { readonly remark: Remark; readonly listeners: Set<string> }>();
  for (const { remark, listeners } of remarks) {
    const key = keyOf(remark);
    const known = found.get(key) ?? { remark, listeners: new Set<string>() };
    for (const id of listeners) known.listeners.add(id);
    found.set(key, known);
  }
  return [...found].map(([key, { remark, listeners }]) => {
    const listenerIds = [...listeners].sort();
    switch (remark.code) {
      case 'slotOverrun':
        return overrun(key, remark, listenerIds, ground);
      case 'languageMissing':
        return withoutLanguage(key, remark, listenerIds, ground);
      default:
        return brokenRule(key, remark.breach, listenerIds, ground);
    }
  });
}

function keyOf(remark: Remark): string {
  if (remark.code === 'slotOverrun') return `slotOverrun ${remark.occurrence}`;
  if (remark.code === 'languageMissing')
    return `languageMissing ${occurrenceOf(remark.play)} ${remark.language} ${partOf(remark.play)}`;
  return `${remark.breach.code} ${occurrenceOf(remark.play)} ${remark.code}`;
}

function played(occurrence: string, happens: Happening, startsMs: number, ground: Ground) {
  const fates = [{ occurrence, happens, startsMs }];
  return { fates, ...fatesWords(fates, ground) };
}

function overrun(key: string, remark: Overrun, listenerIds: string[], ground: Ground): Draft {
  const { entryId, occurrence, byMs, endMs } = remark;
  const slot = ground.entryOf.get(entryId);
  return {
    ...{ key, code: 'slotOverrun', severity: 'changes', fromMs: endMs - byMs, listenerIds },
    finish: () => {
      const [title, over, at] = [ground.titleOf(entryId), lengthWords(byMs), momentWords(endMs, ground.zone)];
      const startMs = slot ? ground.startOf(slot, occurrence) : endMs - byMs;
      return {
        ...{ untilMs: endMs, entryIds: [entryId], occurrences: [occurrence], itemIds: [] },
        vi: `Khung giờ “${title}” dài quá ${over.vi}: nội dung kết thúc lúc ${at.vi}.`,
        en: `The slot “${title}” runs over by ${over.en}: its content ends at ${at.en}.`,
        ifNothing: played(occurrence, 'plays', startMs, ground),
        solutions: slot ? shorter(slot, byMs, listenerIds, ground).map((data) => worded(data, ground.titleOf)) : [],
      };
    },
  };
}

/** More choices than these are no help. */
const MOST_CHOICES = 3;

/** Each entry in the slot, or step of its own, that frees enough: the shortest first; where none does, the longest. */
function shorter(slot: ScheduleEntry, byMs: number, listenerIds: readonly string[], ground: Ground): SolutionData[] {
  const { settings } = ground.question;
  const shelf = shelfOf(settings.items);
  const listener = ground.listenerOf.get(listenerIds[0] ?? '');
  if (!listener) return [];
  const lengthOf = (entry: ScheduleEntry) =>
    stepsOf(entry, shelf, listener).reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  const placed = settings.entries
    .filter(({ place }) => place?.kind === 'inSlot' && place.entryId === slot.id)
    .map((entry) => ({ takeOut: { entryId: entry.id, part: null }, freesMs: lengthOf(entry) }));
  const own = slot.runningOrder.flatMap((step, part) => {
    if (step.kind === 'bulletin') return [];
    return [{ takeOut: { entryId: slot.id, part }, freesMs: lengthOf({ ...slot, runningOrder: [step] }) }];
  });
  const all = [...placed, ...own].filter(({ freesMs }) => freesMs > 0).sort((a, b) => a.freesMs - b.freesMs);
  const enough = all.filter(({ freesMs }) => freesMs >= byMs);
  const chosen = enough.length > 0 ? enough.slice(0, MOST_CHOICES) : all.slice(-1);
  return chosen.map((one) => ({ kind: 'shorten', entryId: slot.id, ...one }));
}

function withoutLanguage(
  key: string,
  { play, language }: LanguageMissing,
  listenerIds: string[],
  ground: Ground,
): Draft {
  const occurrence = occurrenceOf(play);
  const entryId = occurrence.slice(0, occurrence.lastIndexOf('-'));
  const entry = ground.entryOf.get(entryId);
  const slice = listenerIds.flatMap((id) => ground.board.planOf(id).slices).find(({ id }) => id === play);
  const fromMs = slice?.startMs ?? 0;
  const itemId = entry ? itemAt(entry, partOf(play)) : null;
  return {
    ...{ key, code: 'languageMissing', severity: 'changes', fromMs, listenerIds },
    finish: () => {
      const [title, at] = [ground.titleOf(entryId), momentWords(fromMs, ground.zone)];
      return {
        untilMs: slice?.endMs ?? fromMs + 1,
        ...{ entryIds: [entryId], occurrences: [occurrence], itemIds: itemId === null ? [] : [itemId] },
        vi: `“${title}” lúc ${at.vi} chưa có bản tiếng “${language}” mà thôn ở đó dùng.`,
        en: `“${title}” at ${at.en} has no version in “${language}”, which a hamlet there speaks.`,
        ifNothing: played(occurrence, 'plays', fromMs, ground),
        solutions: itemId === null ? [] : [worded({ kind: 'language', itemId, language }, ground.titleOf)],
      };
    },
  };
}

/** Too loud and turned down, or broken with a person's leave. */
function brokenRule(key: string, breach: Breach, listenerIds: string[], ground: Ground): Draft {
  const { code, play, passed } = breach;
  const { entryId, occurrence, startMs, endMs } = play;
  const codes = [code] as const;
  return {
    ...{ key, code, severity: passed ? 'info' : 'changes', fromMs: startMs, listenerIds },
    finish: () => ({
      ...{ untilMs: endMs, entryIds: [entryId], occurrences: [occurrence], itemIds: [] },
      vi: `“${ground.titleOf(entryId)}”: ${wordsOf(breach, 'vi')}`,
      en: `“${ground.titleOf(entryId)}”: ${wordsOf(breach, 'en')}`,
      ifNothing: played(occurrence, passed ? 'plays' : 'lowered', startMs, ground),
      solutions: passed ? [] : [worded({ kind: 'override', entryId, occurrence, codes }, ground.titleOf)],
    }),
  };
}
