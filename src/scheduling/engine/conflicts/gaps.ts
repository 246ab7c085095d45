import type { TimelineItem } from '../model.js';
import { wordsOf } from '../rules/index.js';
import { clashKey, type Gap, type Obstacle, type Plan, type Shared } from '../timeline/index.js';
import { MOST_LANGUAGES, type Shelf, shelfOf, stepsOf } from '../timeline/running-order.js';
import { itemAt } from '../why/subject.js';
import { dayWords, momentWords, type Words } from '../why/when.js';
import { CONFLICT_CODES, type ConflictCode } from './codes.js';
import type { Draft } from './conflict.js';
import type { Ground } from './ground.js';
import { fatesWords } from './overlaps.js';
import type { Places } from './places.js';
import { type SolutionData, worded } from './solutions.js';

interface Missing {
  readonly code: ConflictCode;
  readonly gap: Shared<Gap>;
  readonly parts: Set<number>;
  readonly itemIds: Set<string>;
  readonly listeners: Set<string>;
}

/** Parts of one occurrence that are missing for one reason are one conflict. */
export function gapDrafts(gaps: readonly Shared<Gap>[], ground: Ground, places: Places): Draft[] {
  const shelf = shelfOf(ground.question.settings.items);
  const found = new Map<string, Missing>();
  for (const gap of gaps) {
    const code = codeOf(gap, ground, shelf);
    // Of one occurrence, the sound may be aimed at boards and the pictures at loudspeakers: two things to put right.
    const key = [code, gap.occurrence, ...(gap.cannot ? [gap.cannot] : [])].join(' ');
    const known = found.get(key) ?? { code, gap, parts: new Set(), itemIds: new Set(), listeners: new Set() };
    if (gap.part !== null) known.parts.add(gap.part);
    const entry = ground.entryOf.get(gap.entryId);
    const itemId = entry && gap.part !== null ? itemAt(entry, gap.part) : null;
    if (itemId !== null) known.itemIds.add(itemId);
    for (const id of gap.listeners) known.listeners.add(id);
    found.set(key, known);
  }
  return [...found].map(([key, missing]) => draftOf(key, missing, ground, places));
}

function codeOf(gap: Shared<Gap>, ground: Ground, shelf: Shelf): ConflictCode {
  if (gap.reason !== 'notValid') return gap.reason;
  const item = itemOf(gap, ground, shelf);
  return item?.validFrom != null && gap.localDay < item.validFrom ? 'notYetValid' : 'contentExpired';
}

/** The version that would have been heard. */
function itemOf({ entryId, part, listeners }: Shared<Gap>, ground: Ground, shelf: Shelf): TimelineItem | null {
  const entry = ground.entryOf.get(entryId);
  const listener = ground.listenerOf.get(listeners[0] ?? '');
  if (!entry || !listener) return null;
  return stepsOf(entry, shelf, listener).find((step) => step.part === part)?.item ?? null;
}

function draftOf(key: string, missing: Missing, ground: Ground, places: Places): Draft {
  const { code, gap, itemIds, listeners } = missing;
  const { entryId, occurrence, startMs: fromMs } = gap;
  const fates = [{ occurrence, happens: 'skipped' as const, startsMs: null }];
  return {
    ...{ key, code, severity: code === 'replaced' ? 'info' : 'blocks', fromMs, listenerIds: [...listeners].sort() },
    finish: () => ({
      untilMs: fromMs + Math.max(1, gap.breach ? gap.breach.play.endMs - gap.breach.play.startMs : 0),
      entryIds: [entryId, ...(gap.by === undefined ? [] : [gap.by.slice(0, gap.by.lastIndexOf('-'))])],
      occurrences: [occurrence, ...(gap.by === undefined ? [] : [gap.by])],
      itemIds: [...itemIds],
      ...causeWords(missing, ground),
      ifNothing: { fates, ...fatesWords(fates, ground) },
      solutions: waysOut(missing, ground, places).map((data) => worded(data, ground.titleOf)),
    }),
  };
}

function causeWords({ code, gap, itemIds }: Missing, ground: Ground): Words {
  const { items } = ground.question.settings;
  const title = ground.titleOf(gap.entryId);
  const at = momentWords(gap.startMs, ground.zone);
  const named = [...itemIds].flatMap((id) => items.get(id)?.title ?? []).filter((name) => name !== title);
  const content = named.length === 0 ? '' : ` (${named.join(', ')})`;
  const meaning = CONFLICT_CODES[code];
  const more = moreWords(gap, ground);
  return {
    vi: `“${title}” lúc ${at.vi}${content}: ${lowered(meaning.vi)}${more.vi}`,
    en: `“${title}” at ${at.en}${content}: ${lowered(meaning.en)}${more.en}`,
  };
}

const OBSTACLE_WORDS: Readonly<Record<Obstacle, Words>> = {
  stream: {
    vi: ' Cụm loa chưa phát được tiếp sóng hoặc trực tiếp.',
    en: ' The loudspeakers cannot play a relay or live sound.',
  },
  sound: {
    vi: ' Bảng tin chỉ hiện hình ảnh, video và chữ, không phát âm thanh.',
    en: ' A board shows pictures, videos and texts; it plays no sound.',
  },
  picture: {
    vi: ' Cụm loa không hiện được hình ảnh, video hoặc chữ.',
    en: ' Loudspeakers cannot show a picture, video or text.',
  },
};

function moreWords(gap: Shared<Gap>, ground: Ground): Words {
  if (gap.breach) return { vi: ` ${wordsOf(gap.breach, 'vi')}`, en: ` ${wordsOf(gap.breach, 'en')}` };
  if (gap.cannot) return OBSTACLE_WORDS[gap.cannot];
  if (gap.by !== undefined) {
    const other = ground.titleOf(gap.by);
    return { vi: ` Bản tin kia: “${other}”.`, en: ` The other: “${other}”.` };
  }
  if (gap.reason !== 'notValid') return { vi: '', en: '' };
  const item = itemOf(gap, ground, shelfOf(ground.question.settings.items));
  const said = (day: string | null | undefined, vi: string, en: string): Words =>
    day == null ? { vi: '', en: '' } : { vi: ` ${vi} ${dayWords(day)}.`, en: ` ${en} ${dayWords(day)}.` };
  const [from, to] = [said(item?.validFrom, 'Ngày đầu:', 'First day:'), said(item?.validTo, 'Ngày cuối:', 'Last day:')];
  return { vi: from.vi + to.vi, en: from.en + to.en };
}

const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

function waysOut(missing: Missing, ground: Ground, places: Places): SolutionData[] {
  const { gap, itemIds, code } = missing;
  const { entryId, occurrence, reason } = gap;
  const entry = ground.entryOf.get(entryId);
  if (!entry) return [];
  const isGone = (plan: Plan) => !plan.gaps.some((one) => one.occurrence === occurrence && one.reason === reason);
  const elsewhere = () => places.elsewhere(occurrence, entry, isGone);
  const items = [...itemIds];
  switch (reason) {
    case 'notApproved':
      return items.map((itemId) => ({ kind: 'approve', itemId }));
    case 'unknownDuration':
      return items.map((itemId) => ({ kind: 'audio', itemId }));
    case 'notValid':
      return [
        ...items.map((itemId): SolutionData => ({ kind: 'extend', itemId })),
        ...(code === 'notYetValid' ? elsewhere() : []),
      ];
    case 'ruleWindow':
    case 'ruleBlackout':
    case 'ruleTooManySessions':
      return [...elsewhere(), { kind: 'override', entryId, occurrence, codes: [reason] }];
    case 'ruleSessionTooLong':
      return [...shorter(missing, ground), ...elsewhere(), { kind: 'override', entryId, occurrence, codes: [reason] }];
    case 'dayFull':
      return [...elsewhere(), ...places.without(occurrence, entry, isGone)];
    case 'deviceCannot':
      return [{ kind: 'target', entryId }];
    case 'anchorMissing':
    case 'afterCycle':
      return [{ kind: 'anchor', entryId }];
    case 'replaced': {
      if (gap.by === undefined || gap.startMs <= ground.question.nowMs) return [];
      const key = clashKey(gap.by, occurrence);
      return [{ kind: 'decide', key, goesFirst: gap.by, other: 'append' }];
    }
  }
}

/** The steps that no longer fit into the session, where others of the same occurrence do. */
function shorter({ gap, parts }: Missing, ground: Ground): SolutionData[] {
  const { entryId, occurrence, listeners } = gap;
  const heard = listeners.some((id) => ground.board.planOf(id).slices.some((slice) => slice.occurrence === occurrence));
  if (!heard) return [];
  const freesMs = gap.breach ? gap.breach.play.endMs - gap.breach.play.startMs : 0;
  const steps = new Set([...parts].map((part) => Math.floor(part / MOST_LANGUAGES)));
  return [...steps].map((part) => ({ kind: 'shorten', entryId, takeOut: { entryId, part }, freesMs }));
}
