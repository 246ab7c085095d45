import type { SkipReason } from '../engine/index.js';

/** Why a line was not copied, as people read it. */
export const SKIP_WORDS: Readonly<Record<SkipReason, string>> = {
  past: 'Giờ phát đã qua nên không chép.',
  repeats: 'Lịch lặp đã có sẵn lượt này nên không chép thêm.',
  cancelledThere: 'Lượt này của lịch lặp đã bị hủy ở ngày đích nên không chép lại.',
  alreadyThere: 'Cùng nội dung vào cùng giờ đã có ở ngày đích nên không chép thêm.',
  notApproved: 'Nội dung chưa được duyệt hoặc đã bị thu hồi nên không chép.',
  notValid: 'Ngày đích nằm ngoài thời hạn hiệu lực của nội dung nên không chép.',
  anchorMissing: 'Khung giờ hoặc mục đứng trước không có ở ngày đích nên không chép.',
  elsewhere: 'Mục này chỉ định cụm loa, nhóm loa hoặc thôn của địa bàn khác nên không chép.',
};
