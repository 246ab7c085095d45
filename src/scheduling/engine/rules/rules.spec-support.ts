import type { AllowedWindow, Override, RuledPlay, RuleSet, VolumeCeiling, YearDays } from './index.js';

export const VN = 'Asia/Ho_Chi_Minh';

/** A wall-clock time in Viet Nam (UTC+7 since 1975) as epoch milliseconds. */
export const at = (text: string): number => Date.parse(`${text}+07:00`);

export const COUNTRY = '/';
export const PROVINCE = '/dak-nong/';
export const COMMUNE = '/dak-nong/an-khuong/';
export const HAMLET = '/dak-nong/an-khuong/bon-jiri/';

/** States nothing: every part is inherited. */
export const aRuleSet = (changes: Partial<RuleSet> = {}): RuleSet => ({
  id: 'r1',
  revision: 1,
  areaPath: COMMUNE,
  number: '12/QC-UBND',
  date: '2026-01-05',
  attachmentSha256: null,
  validFrom: '2026-01-10',
  validTo: null,
  windows: null,
  maxSessionMinutes: null,
  maxSessionsPerDay: null,
  sessionGapMinutes: null,
  volumeCeilings: null,
  blackouts: [],
  ...changes,
});

export const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7] as const;

/** `hours('06:00–07:00')`; over midnight: `hours('22:00–02:00', { untilDay: 'next' })`. */
export const hours = (text: string, changes: Partial<AllowedWindow> = {}): AllowedWindow => {
  const [from = '', until = ''] = text.split('–');
  return { days: EVERY_DAY, season: null, from, until, untilDay: 'same', ...changes };
};

export const ceiling = (max: number, text: string, changes: Partial<AllowedWindow> = {}): VolumeCeiling => ({
  ...hours(text, changes),
  max,
});

export const aPlay = (start: string, minutes = 10, changes: Partial<RuledPlay> = {}): RuledPlay => ({
  areaPath: COMMUNE,
  startMs: at(start),
  endMs: at(start) + minutes * 60_000,
  volume: 80,
  class: 'normal',
  entryId: 'e1',
  occurrence: `e1-${start}`,
  ...changes,
});

export const anOverride = (changes: Partial<Override> = {}): Override => ({
  id: 'o1',
  entryId: 'e1',
  occurrence: null,
  codes: ['ruleWindow'],
  passes: ['r1@1'],
  reason: 'Hội nghị đối thoại',
  byName: 'Nguyễn Thị Lan',
  atMs: at('2026-07-01T08:00'),
  ...changes,
});

export const someYear = (changes: Partial<YearDays> = {}): YearDays => ({
  year: 2026,
  origin: 'entered',
  holidays: [],
  swapped: [],
  mourning: [],
  ...changes,
});
