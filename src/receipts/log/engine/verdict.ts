/** What the log says of a checkpoint that somebody kept. */
export const VERDICTS = {
  consistent: {
    vi: 'Khớp: mọi xác nhận phát có trong mốc này vẫn nằm nguyên trong sổ, không cái nào bị sửa hay bị bỏ.',
    en: 'It fits: every receipt under this checkpoint is still in the log, none was altered or removed.',
  },
  altered: {
    vi: 'KHÔNG KHỚP: sổ bây giờ không phải là sổ đã ký mốc này. Có xác nhận đã bị sửa, bị bỏ, hoặc máy chủ đã được khôi phục từ bản sao lưu cũ mà không khai báo.',
    en: 'IT DOES NOT FIT: this is not the log that signed this checkpoint. A receipt was altered or removed, or the service was restored from an older backup without saying so.',
  },
  ahead: {
    vi: 'Mốc này do chính hệ thống ký nhưng nhiều xác nhận hơn sổ hiện có: dữ liệu đã bị mất hoặc được khôi phục từ bản sao lưu cũ. Giữ mốc này và báo người quản trị.',
    en: 'This installation signed it, and it has more receipts than the log has now: data was lost or an older backup was restored. Keep it and tell the administrator.',
  },
  brokenOff: {
    vi: 'Sổ đã được mở lại sau khi khôi phục bản sao lưu; mốc này thuộc phần sổ trước đó mà bản sao lưu không có. Xác nhận nào kèm bằng chứng tới mốc này vẫn kiểm tra được bằng chính bằng chứng ấy.',
    en: 'The log was begun anew after an older backup was restored, and this checkpoint is of a part that the backup did not have. A receipt with its proof up to this checkpoint can still be checked by that proof.',
  },
  malformed: { vi: 'Đây không phải là văn bản của một mốc kiểm tra.', en: 'This is not the text of a checkpoint.' },
  foreignLog: { vi: 'Mốc này là của một hệ thống khác.', en: 'This checkpoint is of another installation.' },
  unknownKey: {
    vi: 'Mốc này không do khóa nào của hệ thống này ký.',
    en: 'No key of this installation signed this checkpoint.',
  },
  wrongSignature: {
    vi: 'Chữ ký không đúng: văn bản của mốc đã bị sửa.',
    en: 'The signature is wrong: the text of the checkpoint was altered.',
  },
  keyNotValid: {
    vi: 'Khóa đã ký mốc này không có hiệu lực vào thời điểm ghi trên mốc.',
    en: 'The key that signed this checkpoint was not valid at the time it states.',
  },
} as const;

export interface CheckVerdict {
  readonly verdict: keyof typeof VERDICTS;
  /** Of a checkpoint whose signature is right. */
  readonly size?: number;
  readonly signedAtMs?: number;
  readonly epoch?: number;
}
