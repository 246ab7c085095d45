import { defineProblems } from '../../platform/i18n/index.js';

export const enrolmentProblem = defineProblems({
  'claim.notInstalled': {
    status: 425,
    vi: 'Thiết bị chưa được lắp thử hoặc nghiệm thu ở cụm nào. Thiết bị tự gửi lại sau.',
    en: 'Nobody has admitted the box to a cluster yet. It asks again by itself.',
  },
  'claim.otherBox': {
    status: 403,
    vi: 'Mã lắp đặt này in cho hộp có số sê-ri khác.',
    en: 'The claim is printed on a box with another serial number.',
  },
  'claim.notPrintable': {
    status: 409,
    vi: 'Không in lại được mã này: mã do nhà sản xuất in, đã dùng, đã hết hạn hoặc khóa máy chủ đã đổi. Tạo mã mới.',
    en: 'The code cannot be printed: the maker printed it, it was used, it has expired, or the key of the service has changed. Make a new one.',
  },
  'device.challengeWrong': {
    status: 403,
    vi: 'Câu đố không đúng hoặc đã hết hạn. Thiết bị xin câu đố mới.',
    en: 'The challenge is wrong or has expired. Ask for a new one.',
  },
  'device.proofWrong': {
    status: 403,
    vi: 'Thiết bị không chứng minh được khóa của mình.',
    en: 'The device did not prove that it owns its key.',
  },
  'device.asksTooOften': {
    status: 429,
    vi: 'Thiết bị hỏi quá nhiều lần. Đợi một phút.',
    en: 'The device asks too often. Wait a minute.',
  },
});
