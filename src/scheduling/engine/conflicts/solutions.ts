import type { OccurrenceChange } from '../recurrence/index.js';
import type { BreachCode } from '../rules/index.js';
import type { ClashDecision } from '../timeline/index.js';
import type { Words } from '../why/index.js';
import { wallWords } from '../why/when.js';

interface OfOccurrence {
  readonly entryId: string;
  readonly occurrence: string;
  /** Where the rule of the entry puts it: local, YYYY-MM-DDTHH:MM:SS. */
  readonly original: string;
}

/** What can be done, as data for whoever does it. */
export type SolutionData =
  /** Phát thay thế: this one is cancelled, the other plays. */
  | { readonly kind: 'replace'; readonly cancel: OfOccurrence }
  /** Phát nối tiếp, or to the next free place; `to`: local start in the zone of the entry. */
  | ({ readonly kind: 'append' | 'move'; readonly to: string } & OfOccurrence)
  /** `entryId`: in whose time it stands; `part`: of the running order of `takeOut`, null: all of that entry. */
  | {
      readonly kind: 'shorten';
      readonly entryId: string;
      readonly takeOut: { readonly entryId: string; readonly part: number | null };
      readonly freesMs: number;
    }
  | ({ readonly kind: 'decide' } & Pick<ClashDecision, 'key' | 'goesFirst' | 'other'>)
  /** By a person, with a reason. */
  | {
      readonly kind: 'override';
      readonly entryId: string;
      readonly occurrence: string;
      readonly codes: readonly BreachCode[];
    }
  | { readonly kind: 'language'; readonly itemId: string; readonly language: string }
  | { readonly kind: 'approve' | 'extend' | 'audio'; readonly itemId: string }
  /** Choose other loudspeakers or boards, or another slot or entry to stand in or behind. */
  | { readonly kind: 'target' | 'anchor'; readonly entryId: string };

export type SolutionKind = SolutionData['kind'];
/** With the text of its button. */
export type Solution = SolutionData & Words;

/** The change of an entry that a solution stands for; null: it is none of the schedule. */
export function changeFor(
  solution: SolutionData,
): { readonly entryId: string; readonly change: OccurrenceChange } | null {
  switch (solution.kind) {
    case 'replace':
      return { entryId: solution.cancel.entryId, change: { original: solution.cancel.original, to: null } };
    case 'append':
    case 'move':
      return { entryId: solution.entryId, change: { original: solution.original, to: solution.to } };
    default:
      return null;
  }
}

type OfKind<K extends SolutionKind> = Extract<SolutionData, { readonly kind: K }>;
type TitleOf = (entryOrOccurrence: string) => string;

const BUTTONS: { readonly [K in SolutionKind]: (data: OfKind<K>, titleOf: TitleOf) => Words } = {
  replace: ({ cancel }, titleOf) => ({
    vi: `Phát thay thế: hủy lượt này của “${titleOf(cancel.entryId)}”`,
    en: `Replace: cancel this play of “${titleOf(cancel.entryId)}”`,
  }),
  append: ({ entryId, to }, titleOf) => ({
    vi: `Phát nối tiếp: “${titleOf(entryId)}” lúc ${wallWords(to).vi}`,
    en: `Append: “${titleOf(entryId)}” at ${wallWords(to).en}`,
  }),
  move: ({ entryId, to }, titleOf) => ({
    vi: `Dời “${titleOf(entryId)}” sang ${wallWords(to).vi}`,
    en: `Move “${titleOf(entryId)}” to ${wallWords(to).en}`,
  }),
  shorten: ({ takeOut }, titleOf) => {
    const title = titleOf(takeOut.entryId);
    return takeOut.part === null
      ? { vi: `Rút ngắn: bỏ “${title}”`, en: `Shorten: take out “${title}”` }
      : {
          vi: `Rút ngắn: bỏ phần ${takeOut.part + 1} của “${title}”`,
          en: `Shorten: take out step ${takeOut.part + 1} of “${title}”`,
        };
  },
  decide: ({ goesFirst, other }, titleOf) => {
    const title = titleOf(goesFirst);
    return other === 'append'
      ? { vi: `“${title}” trước, bản tin kia phát nối tiếp`, en: `“${title}” first, the other behind it` }
      : { vi: `Chỉ phát “${title}”`, en: `Only “${title}”` };
  },
  override: ({ entryId }, titleOf) => ({
    vi: `Cho phép “${titleOf(entryId)}” lần này, ghi rõ lý do`,
    en: `Allow “${titleOf(entryId)}” this time, with a reason`,
  }),
  language: ({ language }) => ({
    vi: `Thêm bản tiếng “${language}”`,
    en: `Add a version in “${language}”`,
  }),
  approve: () => ({ vi: 'Gửi duyệt nội dung', en: 'Have the content approved' }),
  extend: () => ({ vi: 'Sửa thời hạn hiệu lực của nội dung', en: 'Change the validity of the content' }),
  audio: () => ({ vi: 'Kiểm tra hoặc tải lại tệp âm thanh', en: 'Check the audio file or upload it again' }),
  target: ({ entryId }, titleOf) => ({
    vi: `Chọn lại nơi phát cho “${titleOf(entryId)}”`,
    en: `Choose other places for “${titleOf(entryId)}”`,
  }),
  anchor: ({ entryId }, titleOf) => ({
    vi: `Chọn lại chỗ nối tiếp cho “${titleOf(entryId)}”`,
    en: `Choose another place for “${titleOf(entryId)}”`,
  }),
};

export const SOLUTION_KINDS = Object.keys(BUTTONS) as readonly SolutionKind[];

export function worded(data: SolutionData, titleOf: TitleOf): Solution {
  const button = BUTTONS[data.kind] as (data: SolutionData, titleOf: TitleOf) => Words;
  return { ...data, ...button(data, titleOf) };
}
