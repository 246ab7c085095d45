import type { Devices } from '../model.js';
import type { Recurrence } from '../recurrence/index.js';
import { type Breach, wordsOf } from '../rules/index.js';
import type { Span } from '../time/index.js';
import type { ClashDecision, GapReason, Obstacle } from '../timeline/index.js';
import { recurrenceWords } from './recurrence-words.js';
import { clockWords, dayWords, listed, momentWords, spanWords, type Words, wallWords } from './when.js';

/** Facts that each reason states, by its code. `title`: of the entry. Instants UTC epoch ms, days YYYY-MM-DD. */
export interface WhyFacts extends GapFacts {
  // Why it plays.
  entryPlays: Made & Span & { readonly recurrence: Recurrence };
  inSlot: { readonly title: string; readonly slot: string };
  behind: { readonly title: string; readonly other: string };
  /** `original`: local YYYY-MM-DDTHH:MM:SS. */
  movedFrom: { readonly title: string; readonly original: string; readonly toMs: number };
  languageChosen: { readonly language: string; readonly languages: readonly string[] };
  languageMissing: { readonly language: string };
  volumeLowered: { readonly breach: Breach };
  rulePassed: { readonly breach: Breach };
  clashFirst: Clashed;
  clashBehind: Clashed;
  /** The plan says so; the loudspeaker is taken. `againMs`: when it will sound; null: not at all. */
  otherSounds: { readonly title: string; readonly other: string; readonly againMs: number | null };
  // Why not.
  noEntry: Record<never, never>;
  itemNowhere: { readonly item: string | null };
  otherArea: { readonly title: string };
  otherLoudspeakers: { readonly title: string };
  /** For loudspeakers, and this is a board; or the other way round. */
  otherDevices: { readonly title: string; readonly devices: Devices };
  anchorElsewhere: { readonly title: string; readonly other: string };
  notYetMade: Made;
  entryCancelled: { readonly title: string; readonly atMs: number };
  occurrenceCancelled: { readonly title: string; readonly original: string };
  occurrenceMoved: { readonly title: string; readonly original: string; readonly toMs: number };
  notThatDay: Ruled & { readonly day: string; readonly nextMs: number | null };
  notBegun: Ruled & { readonly firstMs: number };
  over: Ruled & { readonly lastMs: number };
  otherTime: { readonly title: string; readonly spans: readonly Span[] };
  soundsLate: { readonly title: string; readonly other: string; readonly plannedMs: number } & Span;
  otherVersion: { readonly title: string; readonly language: string };
  outsideView: { readonly title: string; readonly day: string };
}

interface GapFacts extends Record<Exclude<GapReason, RuleGap | 'notValid' | 'replaced' | 'deviceCannot'>, Missed> {
  deviceCannot: Missed & { readonly cannot: Obstacle };
  notValid: Missed & { readonly validFrom: string | null; readonly validTo: string | null };
  replaced: Missed & Clashed;
  ruleWindow: Broken;
  ruleBlackout: Broken;
  ruleSessionTooLong: Broken;
  ruleTooManySessions: Broken;
}
type RuleGap = Extract<GapReason, `rule${string}`>;

interface Made {
  readonly title: string;
  /** Null: not told. */
  readonly byName: string | null;
  readonly madeAtMs: number;
}
interface Ruled {
  readonly title: string;
  readonly recurrence: Recurrence;
}
/** `item`: title; null: nobody knows it (not approved, withdrawn), or all of the entry is meant. */
interface Missed {
  readonly title: string;
  readonly item: string | null;
  readonly startMs: number;
}
interface Broken {
  readonly title: string;
  readonly breach: Breach;
}
interface Clashed {
  readonly title: string;
  readonly other: string;
  /** Null: nobody has decided yet, the default holds. */
  readonly decision: ClashDecision | null;
}

export type WhyCode = keyof WhyFacts;
type Sentence<C extends WhyCode> = (facts: WhyFacts[C], zone: string) => Words;

const broken: Sentence<RuleGap> = ({ title, breach }) => ({
  vi: `“${title}” không phát. ${wordsOf(breach, 'vi')}`,
  en: `“${title}” does not play. ${wordsOf(breach, 'en')}`,
});

/** “a” of the entry, or the entry alone. */
const what = ({ title, item }: Pick<Missed, 'title' | 'item'>): Words =>
  item === null || item === title
    ? { vi: `“${title}”`, en: `“${title}”` }
    : { vi: `“${item}” trong “${title}”`, en: `“${item}” of “${title}”` };

/** A sentence that begins with what is missed and when it would have played. */
const missed =
  (vi: string, en: string): Sentence<Exclude<GapReason, RuleGap | 'notValid' | 'replaced' | 'deviceCannot'>> =>
  (facts, zone) => {
    const [name, at] = [what(facts), momentWords(facts.startMs, zone)];
    return { vi: `${name.vi} lúc ${at.vi} không phát: ${vi}.`, en: `${name.en} at ${at.en} does not play: ${en}.` };
  };

const by = (byName: string | null): Words =>
  byName === null ? { vi: '', en: '' } : { vi: ` do ${byName} lập`, en: ` made by ${byName}` };

function decided(decision: ClashDecision | null, zone: string): Words {
  if (decision === null)
    return { vi: 'chưa ai quyết định nên theo mặc định', en: 'nobody has decided, so the default holds' };
  const at = momentWords(decision.atMs, zone);
  return decision.automatic || decision.byName === null
    ? { vi: `tự động theo mặc định lúc ${at.vi}`, en: `automatically by the default at ${at.en}` }
    : { vi: `do ${decision.byName} quyết định lúc ${at.vi}`, en: `decided by ${decision.byName} at ${at.en}` };
}

const OBSTACLES: Readonly<Record<Obstacle, Sentence<'notApproved'>>> = {
  stream: missed(
    'thiết bị ở đây chưa phát được tiếp sóng hoặc trực tiếp',
    'the device here cannot play a relay or live sound',
  ),
  sound: missed(
    'ở đây là bảng tin, chỉ hiện hình ảnh, video và chữ',
    'there is a board here, which shows pictures, videos and texts and plays no sound',
  ),
  picture: missed(
    'ở đây là cụm loa, không hiện được hình ảnh, video hoặc chữ',
    'there are loudspeakers here, which cannot show a picture, video or text',
  ),
};

/** Every reason in both languages: a code without a sentence does not compile. */
export const SENTENCES: { readonly [C in WhyCode]: Sentence<C> } = {
  entryPlays: ({ title, byName, fromMs, untilMs, recurrence, madeAtMs }, zone) => {
    const [span, who, made] = [spanWords({ fromMs, untilMs }, zone), by(byName), momentWords(madeAtMs, zone)];
    return {
      vi: `Phát theo lịch “${title}”${who.vi} (lập lúc ${made.vi}), ${recurrenceWords(recurrence, 'vi', zone)}; lượt này: ${span}.`,
      en: `Played by the entry “${title}”${who.en} (made at ${made.en}), ${recurrenceWords(recurrence, 'en', zone)}; this time: ${span}.`,
    };
  },
  inSlot: ({ title, slot }) => ({
    vi: `“${title}” nằm trong khung giờ “${slot}”.`,
    en: `“${title}” stands in the slot “${slot}”.`,
  }),
  behind: ({ title, other }) => ({
    vi: `“${title}” phát nối tiếp sau “${other}”.`,
    en: `“${title}” plays right behind “${other}”.`,
  }),
  movedFrom: ({ original, toMs }, zone) => ({
    vi: `Lượt này được dời từ ${wallWords(original).vi} sang ${momentWords(toMs, zone).vi}.`,
    en: `It was moved from ${wallWords(original).en} to ${momentWords(toMs, zone).en}.`,
  }),
  languageChosen: ({ language, languages }) => ({
    vi: `Phát bản tiếng “${language}” vì các thôn ở đây dùng: ${languages.join(', ')}.`,
    en: `The version in “${language}” is heard because the hamlets here speak: ${languages.join(', ')}.`,
  }),
  languageMissing: ({ language }) => ({
    vi: `Nội dung chưa có bản tiếng “${language}” mà thôn ở đây dùng.`,
    en: `There is no version in “${language}”, which a hamlet here speaks.`,
  }),
  volumeLowered: ({ breach }) => ({ vi: wordsOf(breach, 'vi'), en: wordsOf(breach, 'en') }),
  rulePassed: ({ breach }) => ({ vi: wordsOf(breach, 'vi'), en: wordsOf(breach, 'en') }),
  clashFirst: ({ title, other, decision }, zone) => ({
    vi: `“${title}” phát trước bản tin ưu tiên “${other}” vì trùng giờ (${decided(decision, zone).vi}).`,
    en: `“${title}” goes before the priority bulletin “${other}” of the same time (${decided(decision, zone).en}).`,
  }),
  clashBehind: ({ title, other, decision }, zone) => ({
    vi: `“${title}” phát nối tiếp sau bản tin ưu tiên “${other}” vì trùng giờ (${decided(decision, zone).vi}).`,
    en: `“${title}” waits for the priority bulletin “${other}” of the same time (${decided(decision, zone).en}).`,
  }),
  otherSounds: ({ title, other, againMs }, zone) =>
    againMs === null
      ? {
          vi: `Vào phút này loa đang phát “${other}”, nên “${title}” không còn kịp phát.`,
          en: `At this minute the loudspeaker sounds “${other}”, and no time is left for “${title}”.`,
        }
      : {
          vi: `Vào phút này loa đang phát “${other}”, nên “${title}” chờ đến ${momentWords(againMs, zone).vi}.`,
          en: `At this minute the loudspeaker sounds “${other}”, so “${title}” waits until ${momentWords(againMs, zone).en}.`,
        },
  noEntry: () => ({ vi: 'Không có mục lịch này ở đây.', en: 'There is no such entry here.' }),
  itemNowhere: ({ item }) => ({
    vi: `Không có mục lịch nào phát ${item === null ? 'nội dung này' : `“${item}”`} ở đây.`,
    en: `No entry here schedules ${item === null ? 'this item' : `“${item}”`}.`,
  }),
  otherArea: ({ title }) => ({
    vi: `“${title}” thuộc địa bàn khác, không gồm điểm này.`,
    en: `“${title}” is for another area, without this place.`,
  }),
  otherLoudspeakers: ({ title }) => ({
    vi: `“${title}” chỉ dành cho các điểm, nhóm hoặc thôn đã chọn, không có điểm này.`,
    en: `“${title}” is for chosen places, groups or hamlets, and this one is not among them.`,
  }),
  otherDevices: ({ title, devices }) =>
    devices === 'boards'
      ? {
          vi: `“${title}” chỉ dành cho bảng tin; ở đây là cụm loa.`,
          en: `“${title}” is for boards; here are loudspeakers.`,
        }
      : {
          vi: `“${title}” chỉ dành cho cụm loa; ở đây là bảng tin.`,
          en: `“${title}” is for loudspeakers; here is a board.`,
        },
  anchorElsewhere: ({ title, other }) => ({
    vi: `“${title}” đi theo “${other}”, mà “${other}” không phát ở điểm này.`,
    en: `“${title}” goes with “${other}”, which is not for this place.`,
  }),
  notYetMade: ({ title, byName, madeAtMs }, zone) => ({
    vi: `Lúc đó chưa có lịch “${title}”:${by(byName).vi.replace(' lập', '')} lập lúc ${momentWords(madeAtMs, zone).vi}.`,
    en: `“${title}” was not scheduled yet: it was${byName === null ? ' made' : by(byName).en} at ${momentWords(madeAtMs, zone).en}.`,
  }),
  entryCancelled: ({ title, atMs }, zone) => ({
    vi: `Lịch “${title}” đã bị hủy từ ${momentWords(atMs, zone).vi}.`,
    en: `“${title}” is cancelled from ${momentWords(atMs, zone).en}.`,
  }),
  occurrenceCancelled: ({ title, original }) => ({
    vi: `Lượt phát “${title}” lúc ${wallWords(original).vi} đã bị hủy.`,
    en: `The play of “${title}” at ${wallWords(original).en} was cancelled.`,
  }),
  occurrenceMoved: ({ title, original, toMs }, zone) => ({
    vi: `Lượt phát “${title}” lúc ${wallWords(original).vi} đã được dời sang ${momentWords(toMs, zone).vi}.`,
    en: `The play of “${title}” at ${wallWords(original).en} was moved to ${momentWords(toMs, zone).en}.`,
  }),
  notThatDay: ({ title, recurrence, day, nextMs }, zone) => ({
    vi: `“${title}” phát ${recurrenceWords(recurrence, 'vi', zone)}, nên không có lượt nào ngày ${dayWords(day)}. ${nextMs === null ? 'Không còn lượt nào sau đó.' : `Lượt tiếp theo: ${momentWords(nextMs, zone).vi}.`}`,
    en: `“${title}” plays ${recurrenceWords(recurrence, 'en', zone)}, so not on ${dayWords(day)}. ${nextMs === null ? 'There is none after it.' : `Next: ${momentWords(nextMs, zone).en}.`}`,
  }),
  notBegun: ({ title, recurrence, firstMs }, zone) => ({
    vi: `“${title}” chưa bắt đầu: phát ${recurrenceWords(recurrence, 'vi', zone)}; lượt đầu tiên: ${momentWords(firstMs, zone).vi}.`,
    en: `“${title}” has not begun: it plays ${recurrenceWords(recurrence, 'en', zone)}; first: ${momentWords(firstMs, zone).en}.`,
  }),
  over: ({ title, recurrence, lastMs }, zone) => ({
    vi: `“${title}” đã kết thúc: phát ${recurrenceWords(recurrence, 'vi', zone)}; lượt cuối cùng: ${momentWords(lastMs, zone).vi}.`,
    en: `“${title}” is over: it plays ${recurrenceWords(recurrence, 'en', zone)}; last: ${momentWords(lastMs, zone).en}.`,
  }),
  otherTime: ({ title, spans }, zone) => ({
    vi: `“${title}” phát vào giờ khác: ${listed(
      spans.map((span) => spanWords(span, zone)),
      'vi',
    )}.`,
    en: `“${title}” plays at another time: ${listed(
      spans.map((span) => spanWords(span, zone)),
      'en',
    )}.`,
  }),
  soundsLate: ({ title, other, plannedMs, fromMs, untilMs }, zone) => ({
    vi: `“${title}” theo lịch là ${clockWords(plannedMs, zone)} nhưng phải chờ “${other}”, nên loa phát ${spanWords({ fromMs, untilMs }, zone)}.`,
    en: `“${title}” is planned for ${clockWords(plannedMs, zone)} but waits for “${other}”, so it sounds ${spanWords({ fromMs, untilMs }, zone)}.`,
  }),
  otherVersion: ({ title, language }) => ({
    vi: `Ở điểm này “${title}” phát bản tiếng “${language}”, không phải bản này.`,
    en: `Here “${title}” is heard in “${language}”, not in this version.`,
  }),
  outsideView: ({ title, day }) => ({
    vi: `Lịch đang xem không gồm “${title}” ngày ${dayWords(day)}.`,
    en: `The plan in view does not reach “${title}” on ${dayWords(day)}.`,
  }),
  notApproved: missed('nội dung chưa được duyệt hoặc đã bị thu hồi', 'the content is not approved, or was withdrawn'),
  unknownDuration: missed('không đọc được thời lượng âm thanh', 'the length of its audio cannot be read'),
  dayFull: missed('ngày này đã đủ số lượt phát mà thiết bị nhận được', 'the day holds as many plays as a device takes'),
  deviceCannot: (facts, zone) => OBSTACLES[facts.cannot](facts, zone),
  anchorMissing: missed(
    'khung giờ hoặc mục đứng trước không có trong ngày này',
    'what it stands in or behind does not occur on that day',
  ),
  afterCycle: missed('các mục nối tiếp nhau thành vòng', 'the entries stand behind one another in a circle'),
  notValid: (facts, zone) => {
    const [name, at] = [what(facts), momentWords(facts.startMs, zone)];
    const from = facts.validFrom === null ? null : dayWords(facts.validFrom);
    const to = facts.validTo === null ? null : dayWords(facts.validTo);
    const vi = [...(from === null ? [] : [`từ ${from}`]), ...(to === null ? [] : [`đến hết ${to}`])].join(' ');
    const en = [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`to the end of ${to}`])].join(' ');
    return {
      vi: `${name.vi} lúc ${at.vi} không phát: nội dung chỉ có hiệu lực ${vi}.`,
      en: `${name.en} at ${at.en} does not play: the content is valid only ${en}.`,
    };
  },
  replaced: (facts, zone) => ({
    vi: `${what(facts).vi} không phát vì nhường giờ cho bản tin ưu tiên “${facts.other}” (${decided(facts.decision, zone).vi}).`,
    en: `${what(facts).en} does not play: it gave way to the priority bulletin “${facts.other}” (${decided(facts.decision, zone).en}).`,
  }),
  ruleWindow: broken,
  ruleBlackout: broken,
  ruleSessionTooLong: broken,
  ruleTooManySessions: broken,
};

export const WHY_CODES = Object.keys(SENTENCES) as readonly WhyCode[];
