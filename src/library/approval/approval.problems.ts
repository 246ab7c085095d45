import { defineProblems } from '../../platform/i18n/index.js';

export const approvalProblem = defineProblems({
  'library.streamMissing': {
    status: 409,
    vi: 'Chưa có địa chỉ luồng tiếp âm. Nhập địa chỉ rồi trình duyệt.',
    en: 'There is no address to relay from. Enter one, then submit.',
  },
  'library.fileMissing': {
    status: 409,
    vi: 'Chưa có tệp hình ảnh hoặc video. Tải tệp lên rồi trình duyệt.',
    en: 'There is no picture or video yet. Upload the file, then submit.',
  },
  'library.textMissing': {
    status: 409,
    vi: 'Chưa có chữ để hiện trên bảng tin. Nhập nội dung rồi trình duyệt.',
    en: 'There is no text to show on the board. Enter it, then submit.',
  },
  'library.correctionRecorded': {
    status: 409,
    vi: 'Không sửa chữ của bản do người đọc: âm thanh vẫn như cũ. Trả lại để người biên soạn thu lại.',
    en: 'A person has read this aloud; other words would not change the sound. Return it, so that it is recorded again.',
  },
  'library.correctionSame': {
    status: 409,
    vi: 'Chữ chưa thay đổi. Sửa nội dung, hoặc duyệt bản hiện có.',
    en: 'The text is unchanged. Change it, or approve it as it is.',
  },
  'library.notHeard': {
    status: 409,
    vi: 'Bản này đã được sửa chữ và đọc lại. Nghe hết âm thanh mới rồi duyệt.',
    en: 'This version was corrected and its sound made anew. Listen to the new sound, then approve.',
  },
  'library.checklistMissing': {
    status: 422,
    vi: 'Thông báo của bên thứ ba cần xác nhận đủ ba mục: đúng người gửi, không quảng cáo, đúng loại (tuyển sinh, tuyển dụng, từ thiện).',
    en: 'A notice of a third party needs three confirmations: the sender is verified, no advertising, an allowed category (enrolment, recruitment, charity).',
  },
  'library.reviewMissing': {
    status: 409,
    vi: 'Bản thu tiếng {language} chưa được người thẩm định ngôn ngữ nghe và xác nhận. Nhờ người thẩm định nghe trước khi duyệt.',
    en: 'Nobody who knows the language {language} has reviewed this recording. Ask a reviewer to hear it first.',
  },
  'library.reviewerNone': {
    status: 409,
    vi: 'Chưa có người thẩm định tiếng {language} cho địa bàn này. Chỉ định người thẩm định rồi duyệt.',
    en: 'No reviewer of the language {language} is named for this area. Name one, then approve.',
  },
  'library.reviewerNot': {
    status: 403,
    vi: 'Tài khoản này không phải người thẩm định tiếng {language} của địa bàn.',
    en: 'This account is no reviewer of the language {language} in this area.',
  },
  'library.personUnfit': {
    status: 422,
    vi: 'Có tài khoản không tồn tại, đã khóa hoặc không được xem nội dung ở địa bàn này. Chọn người khác.',
    en: 'An account does not exist, is disabled or may not see content in this area. Choose somebody else.',
  },
  'library.emergencyForbids': {
    status: 403,
    vi: 'Quy định khẩn cấp của địa bàn không cho phát nội dung chưa duyệt. Trình duyệt trước khi phát.',
    en: 'The emergency policy of this area allows nothing on air that is not approved. Submit it for approval first.',
  },
  'delegation.unknown': {
    status: 404,
    vi: 'Không có ủy quyền này hoặc tài khoản không được xem.',
    en: 'No such delegation, or none that this account may see.',
  },
  'delegation.termWrong': {
    status: 422,
    vi: 'Thời hạn ủy quyền chưa đúng: kết thúc phải sau bắt đầu và sau hiện tại, dài nhất {days} ngày, bắt đầu trong {days} ngày tới.',
    en: 'The term is not valid: it must end after it begins and after now, last {days} days at most, and begin within {days} days.',
  },
  'delegation.toSelf': {
    status: 422,
    vi: 'Không ủy quyền cho chính mình. Chọn người khác.',
    en: 'Nobody delegates to themselves. Choose somebody else.',
  },
  'delegation.fromUnfit': {
    status: 422,
    vi: 'Người ủy quyền không có quyền duyệt ở địa bàn này, nên không ủy quyền được.',
    en: 'The person who delegates has no right to approve in this area of their own, so there is nothing to hand on.',
  },
});
