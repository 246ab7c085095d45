import { dayOf, figure, heading, soft, table } from './layout.js';
import type { ReportMaterial } from './material.js';

/** More are in the folder `devices` of the pack. */
const MOST_DEVICES = 400;

/** Which devices signed, who let them in, and how they ended. */
export function devices({ devices: all }: ReportMaterial): object[] {
  const rows = all
    .slice(0, MOST_DEVICES)
    .map(({ record }) => [
      `${record.cluster.name}, ${record.area.name}`,
      record.serial,
      `${dayOf(record.enrolledAtMs)}${record.enrolledBy ? `, ${record.enrolledBy}` : ''}`,
      record.revoked ? dayOf(record.revoked.atMs) : '',
      record.handover ? `${record.handover.signedBy}, ${record.handover.photos.length} ảnh` : 'chưa có',
    ]);
  return [
    heading('Thiết bị'),
    all.length === 0
      ? soft('Chưa có thiết bị nào gửi xác nhận phát.')
      : table(['*', 80, 104, 52, 90], ['Cụm loa', 'Số máy', 'Đăng ký', 'Thu hồi', 'Bàn giao'], rows),
    ...(all.length > rows.length
      ? [soft(`và ${figure(all.length - rows.length)} thiết bị khác: xem thư mục devices.`)]
      : []),
  ];
}
