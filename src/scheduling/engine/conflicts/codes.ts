import type { Words } from '../why/index.js';

/** Every kind of conflict (trùng lịch and what else a person should look at), with its meaning: the table of the docs. */
export const CONFLICT_CODES = {
  overlap: {
    vi: 'Hai lượt phát chồng giờ nhau ở cùng một cụm loa hoặc bảng tin.',
    en: 'Two plays would have to sound together at one loudspeaker, or be shown together on one board.',
  },
  priorityClash: {
    vi: 'Hai bản tin ưu tiên trùng giờ: chờ xã quyết định thứ tự, quá hạn thì theo mặc định.',
    en: 'Two priority bulletins at the same time: the commune decides the order; after the deadline the default holds.',
  },
  slotOverrun: {
    vi: 'Nội dung trong khung giờ dài hơn khung giờ.',
    en: 'What stands in a slot is longer than the slot.',
  },
  ruleWindow: { vi: 'Ngoài khung giờ mà quy chế cho phép.', en: 'Outside the hours that the rules allow.' },
  ruleBlackout: { vi: 'Trong thời gian phải ngừng phát.', en: 'Within a time of ordered silence.' },
  ruleVolume: { vi: 'Âm lượng vượt mức quy chế cho phép.', en: 'Louder than the rules allow.' },
  ruleSessionTooLong: { vi: 'Buổi phát dài quá số phút cho phép.', en: 'The session is longer than allowed.' },
  ruleTooManySessions: { vi: 'Quá số buổi phát cho phép trong ngày.', en: 'More sessions on a day than allowed.' },
  unknownDuration: { vi: 'Không đọc được thời lượng âm thanh.', en: 'The length of the audio cannot be read.' },
  notApproved: {
    vi: 'Nội dung chưa được duyệt hoặc đã bị thu hồi.',
    en: 'The content is not approved, or was withdrawn.',
  },
  contentExpired: { vi: 'Nội dung đã hết hiệu lực.', en: 'The content is no longer valid.' },
  notYetValid: { vi: 'Nội dung chưa có hiệu lực.', en: 'The content is not valid yet.' },
  languageMissing: {
    vi: 'Thiếu bản tiếng mà thôn ở đó dùng.',
    en: 'There is no version in a language that a hamlet there speaks.',
  },
  deviceCannot: {
    vi: 'Thiết bị ở đó không phát hoặc hiện được nội dung này.',
    en: 'What is aimed there is not for the device there: sound on a board, a picture at loudspeakers, a stream.',
  },
  anchorMissing: {
    vi: 'Khung giờ hoặc mục đứng trước không có trong ngày.',
    en: 'The slot or entry to stand in or behind does not occur on the day.',
  },
  afterCycle: { vi: 'Các mục nối tiếp nhau thành vòng.', en: 'Entries stand behind one another in a circle.' },
  dayFull: {
    vi: 'Ngày đã đủ số lượt phát mà thiết bị nhận được.',
    en: 'The day holds as many plays as a device takes.',
  },
  replaced: {
    vi: 'Đã nhường giờ cho bản tin ưu tiên khác.',
    en: 'It gave way to another priority bulletin.',
  },
  noListener: {
    vi: 'Không có cụm loa hoặc bảng tin nào phát mục lịch này.',
    en: 'No loudspeaker and no board plays this entry.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type ConflictCode = keyof typeof CONFLICT_CODES;

/** `blocks`: something does not play. `changes`: it plays otherwise than planned. `info`: settled, to be known. The gravest first. */
export const SEVERITIES = ['blocks', 'changes', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
