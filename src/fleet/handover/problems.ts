import { defineProblems } from '../../platform/i18n/index.js';

export const handoverProblem = defineProblems({
  'handover.incomplete': {
    status: 422,
    vi: 'Biên bản nghiệm thu còn thiếu các mục được nêu. Bổ sung rồi gửi lại.',
    en: 'The handover lacks what is listed. Complete it, then send it again.',
  },
  'handover.keyWrong': {
    status: 400,
    vi: 'Mã biên bản hoặc tên tệp chưa đúng. Tải lại trang.',
    en: 'The key of the handover or the name of the file is wrong. Reload the page.',
  },
  'handover.keyReused': {
    status: 409,
    vi: 'Biên bản này đã được nhận với nội dung khác.',
    en: 'This handover was received with other content already.',
  },
  'handover.boxElsewhere': {
    status: 409,
    vi: 'Thiết bị này đã được lắp đặt. Muốn chuyển chỗ, thu hồi rồi tạo mã mới.',
    en: 'This box is installed already. To move it, revoke it and make a new claim.',
  },
  'handover.toneNotPlayed': {
    status: 422,
    vi: 'Thiết bị chưa xác nhận đã phát âm thử này. Đợi thiết bị trả lời rồi gửi lại, hoặc ghi là đã nghe nhưng không có lệnh.',
    en: 'The box has not confirmed that it played this test tone. Wait for its answer and send again, or say that it was heard without a command.',
  },
  'handover.hamletUnknown': {
    status: 422,
    vi: 'Không có thôn, ấp này hoặc tài khoản không được lắp đặt ở đó.',
    en: 'No such hamlet, or none in which this account may install devices.',
  },
  'handover.fromFuture': {
    status: 422,
    vi: 'Giờ ký biên bản ở tương lai. Chỉnh lại giờ của điện thoại rồi ký lại.',
    en: 'The handover was signed in the future. Set the telephone right, then sign again.',
  },
  'handover.unknown': {
    status: 404,
    vi: 'Không có biên bản này hoặc tài khoản không được xem.',
    en: 'No such handover, or none that this account may see.',
  },
});

/** What a handover lacks; named beside the field. */
defineProblems({
  'handover.lacksClaim': {
    status: 422,
    vi: 'Chưa quét mã QR trên thiết bị.',
    en: 'The QR code of the box was not scanned.',
  },
  'handover.lacksPlace': {
    status: 422,
    vi: 'Chưa chọn cụm loa hoặc thôn, ấp.',
    en: 'No cluster or hamlet was chosen.',
  },
  'handover.lacksPosition': { status: 422, vi: 'Chưa có tọa độ.', en: 'The coordinates are missing.' },
  'handover.lacksPhoto': { status: 422, vi: 'Chưa có ảnh chụp nơi lắp.', en: 'There is no photograph of the place.' },
  'handover.lacksTestTone': {
    status: 422,
    vi: 'Chưa thử âm, hoặc chưa ghi là không có sóng để thử.',
    en: 'No test tone was played, nor is it said that there was no signal for one.',
  },
  'handover.lacksSignature': { status: 422, vi: 'Chưa ký tên.', en: 'It is not signed.' },
  'handover.lacksTime': { status: 422, vi: 'Thiếu giờ ký.', en: 'The time of signing is missing.' },
});
