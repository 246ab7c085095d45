import type { UnplacedReason, Words } from './campaign.js';

const dayInWords = (day: string): string => day.split('-').reverse().join('/');

/** What a person reads. `missing` plays stay to be placed (or, for the cut, came too late for it). */
export function wordsOf(reason: UnplacedReason, period: { firstDay: string; lastDay: string; cut: string }): Words {
  const from = dayInWords(period.firstDay);
  const to = dayInWords(period.lastDay);
  const cut = dayInWords(period.cut);
  switch (reason) {
    case 'noCluster':
      return {
        vi: 'Thôn chưa có cụm loa nào: gắn một cụm loa cho thôn, hoặc ghi nhận hình thức khác.',
        en: 'The hamlet has no loudspeaker cluster: assign one, or record another way.',
      };
    case 'unknownDuration':
      return {
        vi: 'Chưa biết thời lượng của bài: kiểm tra hoặc tải lại tệp âm thanh.',
        en: 'The length of the script is unknown: check its audio file or upload it again.',
      };
    case 'notValid':
      return {
        vi: `Bài không có hiệu lực trong thời gian từ ${from} đến hết ${to}.`,
        en: `The script is not valid on any day from ${from} to ${to}.`,
      };
    case 'periodOver':
      return {
        vi: `Thời gian từ ${from} đến hết ${to} đã qua.`,
        en: `The period from ${from} to ${to} is over.`,
      };
    case 'rulesLeaveNoTime':
      return {
        vi: 'Quy chế không còn khoảng giờ nào đủ dài cho bài này.',
        en: 'The rules leave no time that is long enough for this script.',
      };
    case 'tooFewDays':
      return {
        vi: 'Không đủ ngày: các ngày còn chỗ đều đã phát bài này một lần.',
        en: 'Too few days: on every day with room the script is played already.',
      };
    case 'dayLimit':
      return {
        vi: 'Các ngày còn chỗ đều đã đủ số lượt hoặc số phút của đợt này trong ngày.',
        en: "On every day with room the campaign's limit per day is reached.",
      };
    case 'noFreePlace':
      return {
        vi: 'Không còn chỗ trống: giờ được phép đã kín lịch phát.',
        en: 'No free place: the hours that the rules allow are full.',
      };
    case 'cutNotMet':
      return {
        vi: `Không xếp kịp trước ngày ${cut}; các lượt này được xếp từ ngày đó trở đi.`,
        en: `Could not be placed before ${cut}; these plays are placed from that day on.`,
      };
  }
}
