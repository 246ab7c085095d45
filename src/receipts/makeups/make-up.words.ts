import type { Hopeless } from './make-up.api.js';

interface Words {
  readonly vi: string;
  readonly en: string;
}

/** Why no play can make up for a cell, and what helps instead. */
export const HOPELESS_WORDS: Readonly<Record<Hopeless, Words>> = {
  withdrawn: {
    vi: 'Bài đã thu hồi, hết hiệu lực hoặc chưa có âm thanh: không phát bù được.',
    en: 'The item was withdrawn, has expired or has no sound: it cannot be made up for.',
  },
  noStoredSound: {
    vi: 'Bài tiếp sóng hoặc bài cho bảng tin: không có âm thanh lưu sẵn để phát bù.',
    en: 'A relay or an item for boards: there is no stored sound to play.',
  },
  otherOffice: {
    vi: 'Bài của đơn vị cấp dưới: lập đề xuất riêng cho địa bàn của đơn vị đó.',
    en: 'An item of an office below: ask for a proposal for the area of that office.',
  },
  hamletEnded: {
    vi: 'Thôn, ấp này không còn vào thời gian phát bù (sáp nhập hoặc đổi địa bàn).',
    en: 'The hamlet is no more in that time (merged or redrawn).',
  },
  noCluster: {
    vi: 'Thôn, ấp chưa có cụm loa: gắn cụm loa, hoặc phát bằng loa kéo rồi khai báo kèm ảnh.',
    en: 'The hamlet has no cluster: assign one, or bring a portable loudspeaker and declare it with a photograph.',
  },
  atTransmitter: {
    vi: 'Nơi này chỉ nghe qua máy phát: đã đưa tới máy phát, phát thêm cũng không thành phát đủ.',
    en: 'Served by a transmitter only: it was brought there, and no further play makes it complete.',
  },
};

/** An entry that is proposed. @param time local, HH:MM:SS */
export function entryWords(entry: {
  readonly title: string;
  readonly areaName: string;
  readonly day: string;
  readonly time: string;
  readonly clusters: number;
  readonly hamlets: number;
}): Words {
  const { title, areaName, day, time, clusters, hamlets } = entry;
  const at = time.slice(0, 5);
  const vi = `Phát bù “${title}” lúc ${at} ngày ${day.split('-').reverse().join('/')}, ${areaName}: ${clusters} cụm loa, ${hamlets} thôn.`;
  const en = `Make-up play of “${title}” at ${at} on ${day}, ${areaName}: ${clusters} cluster(s), ${hamlets} hamlet(s).`;
  return { vi, en };
}
