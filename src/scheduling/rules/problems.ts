import { defineProblems } from '../../platform/i18n/index.js';
import type { RuleSetRefusalCode, YearDaysRefusal } from '../engine/rules/index.js';

export const ruleProblem = defineProblems({
  'ruleSet.unknown': {
    status: 404,
    vi: 'Không có quy chế này hoặc tài khoản không được xem.',
    en: 'No such operating rules, or none that this account may see.',
  },
  'ruleSet.inForce': {
    status: 409,
    vi: 'Quy chế đã có hiệu lực nên không sửa được. Cho hết hiệu lực rồi lập quy chế mới.',
    en: 'These rules are in force already and cannot be changed. End them and make new ones.',
  },
  'ruleSet.over': {
    status: 409,
    vi: 'Quy chế đã hết hiệu lực. Lập quy chế mới.',
    en: 'These rules are over. Make new ones.',
  },
  'ruleSet.endPast': {
    status: 422,
    vi: 'Ngày cuối đã qua. Chọn hôm nay hoặc một ngày sau.',
    en: 'That last day has passed. Choose today or a later day.',
  },
  'ruleSet.endLater': {
    status: 422,
    vi: 'Quy chế đã hết hiệu lực sớm hơn ngày đó. Muốn kéo dài, lập quy chế mới.',
    en: 'These rules end before that day. Make new ones to have them for longer.',
  },
  'ruleSet.blackoutPast': {
    status: 422,
    vi: 'Thời gian ngừng phát đã qua. Chọn thời gian sau thời điểm này.',
    en: 'That time of silence has passed. Choose a later one.',
  },
  'ruleSet.blackoutOutside': {
    status: 422,
    vi: 'Quy chế không có hiệu lực trong thời gian ngừng phát đó. Ghi vào quy chế có hiệu lực lúc ấy.',
    en: 'These rules are not in force during that silence. Add it to those that are.',
  },
  'ruleSet.attachmentType': {
    status: 415,
    vi: 'Chỉ nhận bản chụp quy chế dạng PDF, JPEG, PNG hoặc WebP. Chọn tệp khác.',
    en: 'Only a PDF, JPEG, PNG or WebP file of the rules is taken. Choose another file.',
  },
  'ruleSet.attachmentTooLarge': {
    status: 413,
    vi: 'Tệp lớn hơn {most} MB. Giảm kích thước rồi tải lên lại.',
    en: 'The file is larger than {most} MB. Make it smaller, then upload it again.',
  },
  'ruleSet.attachmentBroken': {
    status: 400,
    vi: 'Tải lên bị ngắt giữa chừng, chưa lưu gì. Tải lên lại.',
    en: 'The upload broke off; nothing was kept. Upload again.',
  },
  'ruleSet.attachmentMissing': {
    status: 404,
    vi: 'Quy chế này chưa có tệp đính kèm. Tải tệp lên.',
    en: 'These rules have no attachment yet. Upload one.',
  },
  'override.unknown': {
    status: 404,
    vi: 'Không có quyết định cho phát này hoặc tài khoản không được xem.',
    en: 'No such override, or none that this account may see.',
  },
  'override.noRule': {
    status: 422,
    vi: 'Không có quy định nào thuộc loại này mà mục lịch phải theo, nên không có gì để cho phép vượt. Xem lại cảnh báo.',
    en: 'No rule of these kinds holds for the entry, so there is nothing to let pass. Look at the warning again.',
  },
  'override.changedSince': {
    status: 409,
    vi: 'Quy chế hoặc mục lịch vừa thay đổi. Xem lại rồi quyết định lại.',
    en: 'The rules or the entry have just changed. Look at them again, then decide anew.',
  },
});

const ruleSetTexts = {
  'ruleSet.areaUnknown': {
    status: 422,
    vi: 'Không có địa bàn này. Chọn lại địa bàn.',
    en: 'No such area. Choose another.',
  },
  'ruleSet.noNumber': {
    status: 422,
    vi: 'Chưa ghi số của quy chế. Ghi như trên văn bản, ví dụ 12/QC-UBND.',
    en: 'The rules have no number. Enter it as on the paper, for example 12/QC-UBND.',
  },
  'ruleSet.noSuchDay': {
    status: 422,
    vi: 'Không có ngày này trong lịch. Sửa ngày được nêu.',
    en: 'There is no such day. Correct the one that is named.',
  },
  'ruleSet.attachmentWrong': {
    status: 422,
    vi: 'Không nhận ra tệp đính kèm. Tải tệp lên lại.',
    en: 'The attachment is not recognised. Upload it again.',
  },
  'ruleSet.validityReversed': {
    status: 422,
    vi: 'Ngày hết hiệu lực sớm hơn ngày có hiệu lực. Sửa lại hai ngày.',
    en: 'The rules end before they begin. Correct the two days.',
  },
  'ruleSet.tooMany': {
    status: 422,
    vi: 'Phần được nêu có quá nhiều dòng. Gộp hoặc bỏ bớt.',
    en: 'The part that is named has too many lines. Join or remove some.',
  },
  'ruleSet.noWindows': {
    status: 422,
    vi: 'Không có khung giờ nào nghĩa là cấm phát hẳn. Thêm khung giờ, hoặc dùng thời gian ngừng phát có lý do.',
    en: 'No window at all would forbid everything. Add one, or ask for a time of silence with its reason.',
  },
  'ruleSet.noDays': {
    status: 422,
    vi: 'Dòng được nêu chưa chọn ngày nào. Chọn ít nhất một thứ, ngày lễ hoặc ngày làm việc.',
    en: 'The line that is named has no days. Choose at least one weekday, holidays or working days.',
  },
  'ruleSet.noSuchDate': {
    status: 422,
    vi: 'Không có ngày tháng này trong năm. Ghi theo dạng tháng-ngày, ví dụ 10-01.',
    en: 'The season names a day that no year has. Write month and day, for example 10-01.',
  },
  'ruleSet.noSuchTime': {
    status: 422,
    vi: 'Không có giờ này. Ghi từ 00:00 đến 24:00.',
    en: 'There is no such time. Write 00:00 to 24:00.',
  },
  'ruleSet.zeroLength': {
    status: 422,
    vi: 'Giờ bắt đầu và giờ kết thúc trùng nhau. Sửa một trong hai.',
    en: 'The hours begin and end at one moment. Correct one of them.',
  },
  'ruleSet.reversed': {
    status: 422,
    vi: 'Giờ kết thúc sớm hơn giờ bắt đầu. Sửa lại, hoặc chọn kết thúc vào hôm sau.',
    en: 'The hours end before they begin. Correct them, or let them end on the next day.',
  },
  'ruleSet.moreThanADay': {
    status: 422,
    vi: 'Khung giờ dài hơn một ngày. Chia thành nhiều dòng.',
    en: 'The hours are longer than a day. Make several lines of them.',
  },
  'ruleSet.volumeOutOfRange': {
    status: 422,
    vi: 'Mức âm lượng phải từ 0 đến 100. Sửa mức được nêu.',
    en: 'A volume is 0 to 100. Correct the one that is named.',
  },
  'ruleSet.minutesAbsurd': {
    status: 422,
    vi: 'Số phút mỗi buổi phải từ 1 đến 1.440. Sửa lại.',
    en: 'A session has 1 to 1,440 minutes. Correct the number.',
  },
  'ruleSet.sessionsAbsurd': {
    status: 422,
    vi: 'Số buổi mỗi ngày phải từ 1 đến 48. Sửa lại.',
    en: 'A day has 1 to 48 sessions. Correct the number.',
  },
  'ruleSet.gapAbsurd': {
    status: 422,
    vi: 'Khoảng nghỉ giữa hai buổi phải từ 0 đến 240 phút. Sửa lại.',
    en: 'Between two sessions there are 0 to 240 minutes. Correct the number.',
  },
  'ruleSet.blackoutZeroLength': {
    status: 422,
    vi: 'Thời gian ngừng phát bắt đầu và kết thúc cùng lúc. Sửa một trong hai.',
    en: 'The silence begins and ends at one moment. Correct one of them.',
  },
  'ruleSet.blackoutReversed': {
    status: 422,
    vi: 'Thời gian ngừng phát kết thúc trước khi bắt đầu. Sửa lại.',
    en: 'The silence ends before it begins. Correct it.',
  },
  'ruleSet.blackoutTooLong': {
    status: 422,
    vi: 'Thời gian ngừng phát dài hơn một năm. Chọn ngắn hơn.',
    en: 'The silence is longer than a year. Choose a shorter one.',
  },
  'ruleSet.blackoutWrong': {
    status: 422,
    vi: 'Không đọc được thời gian ngừng phát. Chọn lại lý do và thời gian.',
    en: 'The silence cannot be read. Choose its kind and times again.',
  },
  'ruleSet.noReason': {
    status: 422,
    vi: 'Chưa ghi lý do ngừng phát. Ghi lý do.',
    en: 'The silence has no reason. Enter one.',
  },
} as const satisfies Record<RuleSetRefusalCode, { status: number; vi: string; en: string }>;

/** Why the engine refuses a rule set, for the person at the screen. */
export const ruleSetProblem = defineProblems(ruleSetTexts);

const yearDaysTexts = {
  'yearDays.noSuchDay': {
    status: 422,
    vi: 'Có ngày không có trong lịch. Sửa lại danh sách.',
    en: 'The list names a day that does not exist. Correct it.',
  },
  'yearDays.otherYear': {
    status: 422,
    vi: 'Có ngày thuộc năm khác. Ghi vào danh sách của năm đó.',
    en: 'The list names a day of another year. Put it into the list of that year.',
  },
  'yearDays.nameless': {
    status: 422,
    vi: 'Có ngày chưa ghi tên hoặc lý do. Ghi cho đủ.',
    en: 'A day has no name or reason. Enter it.',
  },
  'yearDays.swapOfOneDay': {
    status: 422,
    vi: 'Ngày làm bù và ngày được hoán đổi trùng nhau. Sửa một trong hai.',
    en: 'A day is swapped with itself. Correct one of the two.',
  },
  'yearDays.swappedTwice': {
    status: 422,
    vi: 'Có ngày được hoán đổi hai lần. Bỏ bớt một lần.',
    en: 'A day is swapped twice. Remove one of the swaps.',
  },
  'yearDays.mourningReversed': {
    status: 422,
    vi: 'Quốc tang kết thúc trước khi bắt đầu. Sửa lại hai ngày.',
    en: 'The mourning ends before it begins. Correct the two days.',
  },
  'yearDays.mourningTooLong': {
    status: 422,
    vi: 'Quốc tang dài hơn 31 ngày. Sửa lại hai ngày.',
    en: 'The mourning is longer than 31 days. Correct the two days.',
  },
} as const satisfies Record<YearDaysRefusal, { status: number; vi: string; en: string }>;

export const yearDaysProblem = defineProblems(yearDaysTexts);
