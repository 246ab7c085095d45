import { type GapReason, MOST_PLAYS_A_DAY } from '../engine/index.js';

/** Why something is not played, as people read it. */
export const GAP_WORDS: Readonly<Record<GapReason, string>> = {
  notApproved: 'Nội dung chưa được duyệt hoặc đã bị thu hồi nên không phát.',
  unknownDuration: 'Không đọc được thời lượng âm thanh nên không phát.',
  notValid: 'Ngày này nằm ngoài thời hạn hiệu lực của nội dung nên không phát.',
  dayFull: `Ngày này đã đủ ${MOST_PLAYS_A_DAY.toLocaleString('vi-VN')} lượt phát nên lượt bắt đầu muộn này không phát.`,
  deviceCannot: 'Thiết bị ở đây không phát hoặc hiện được nội dung này.',
  anchorMissing: 'Khung giờ hoặc mục đứng trước không có trong ngày này nên không có chỗ để phát.',
  afterCycle: 'Các mục nối tiếp nhau thành vòng nên không mục nào có giờ phát.',
  replaced: 'Đã nhường giờ cho bản tin ưu tiên khác theo quyết định của xã nên không phát.',
  ruleWindow: 'Ngoài khung giờ được phép của quy chế nên không phát.',
  ruleBlackout: 'Trong thời gian ngừng phát của quy chế nên không phát.',
  ruleSessionTooLong: 'Buổi phát dài quá số phút quy chế cho phép nên không phát.',
  ruleTooManySessions: 'Quá số buổi phát mỗi ngày của quy chế nên không phát.',
};
