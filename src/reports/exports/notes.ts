/** What every table says of itself (invariant 13, and what receipts prove). */
export const notesOf = (demo: boolean, nowMs: number): [string, string][] => [
  ...(demo ? [['TẬP DƯỢT', 'DỮ LIỆU TẬP DƯỢT – không phải bằng chứng phát thật'] as [string, string]] : []),
  ['Lưu ý', 'Xác nhận phát chứng minh thiết bị đã phát, không chứng minh có người nghe.'],
  ['Lập lúc', MOMENT.format(nowMs)],
];

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  dateStyle: 'short',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** Nothing of a name that a person gave goes into a header as it is. */
export function fileNameOf(demo: boolean, ...parts: readonly string[]): string {
  const safe = parts.map((part) => part.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, ''));
  return [...(demo ? ['TAP-DUOT'] : []), ...safe.filter((part) => part !== '')].join('-').slice(0, 120);
}
