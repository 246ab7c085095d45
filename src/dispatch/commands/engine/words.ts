import type { CommandBody } from '../../../../devices/protocol/index.js';

const ZONE = 'Asia/Ho_Chi_Minh';

/** A command for whoever has to confirm it, in Vietnamese. */
export function wordsOf(body: CommandBody): string {
  switch (body.kind) {
    case 'silence':
      return `Dừng tất cả loa đến ${momentOf(body.untilMs)}${body.emergencies ? ', trừ tin khẩn cấp' : ', cả tin khẩn cấp'}`;
    case 'resume':
      return 'Cho loa phát lại';
    case 'reboot':
      return 'Khởi động lại bộ điều khiển';
    case 'amplifier':
      return body.on ? 'Bật tăng âm' : 'Tắt tăng âm';
    case 'volume':
      return `Đặt âm lượng ${body.percent} %`;
    case 'stop':
      return 'Dừng bản tin đang phát';
    case 'testTone':
      return 'Phát âm thử';
    case 'playNow':
      return 'Phát khẩn cấp';
    case 'resendReceipts':
      return 'Gửi lại xác nhận phát';
  }
}

const momentOf = (ms: number): string =>
  new Intl.DateTimeFormat('vi-VN', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' }).format(ms);
