import { defineProblems } from '../../platform/i18n/index.js';

export const retentionProblem = defineProblems({
  'retention.archiveUnknown': {
    status: 404,
    vi: 'Không có tệp lưu trữ này.',
    en: 'No such archive.',
  },
  'retention.archiveGone': {
    status: 409,
    vi: 'Tệp lưu trữ giữ các xác nhận phát này không còn trong thư mục archives. Quản trị hệ thống chép lại tệp từ bản sao rồi làm lại.',
    en: 'The archive that holds these receipts is no longer in the folder archives. Have the administrator put its copy back, and try again.',
  },
  'retention.archiveAltered': {
    status: 409,
    vi: 'Tệp lưu trữ giữ các xác nhận phát này đã bị sửa hoặc hỏng. Quản trị hệ thống chép lại tệp từ bản sao rồi làm lại.',
    en: 'The archive that holds these receipts was altered or is damaged. Have the administrator put its copy back, and try again.',
  },
  'retention.diskFull': {
    status: 507,
    vi: 'Đĩa đầy: chưa lưu trữ được, không có xác nhận phát nào rời cơ sở dữ liệu. Giải phóng chỗ trên đĩa chứa VANG_DATA.',
    en: 'The disk is full: nothing was archived, and no receipt left the database. Make room on the disk of VANG_DATA.',
  },
  'retention.notWhole': {
    status: 500,
    vi: 'Tệp lưu trữ vừa ghi không qua được kiểm tra: không có xác nhận phát nào rời cơ sở dữ liệu. Nhật ký của hệ thống cho biết sai ở đâu.',
    en: 'The archive that was written does not verify: no receipt left the database. The log of the service says what is wrong.',
  },
  'retention.someStay': {
    status: 500,
    vi: 'Có xác nhận phát đã hết thời hạn lưu nhưng không tự chứng minh được nữa, nên ở lại cơ sở dữ liệu. Nhật ký của hệ thống cho biết của thiết bị nào.',
    en: 'Some receipts whose days are over would prove nothing any more and stay in the database. The log of the service says of which devices.',
  },
  'retention.failed': {
    status: 500,
    vi: 'Chưa lưu trữ được, không có xác nhận phát nào rời cơ sở dữ liệu. Nhật ký của hệ thống cho biết lý do.',
    en: 'Nothing was archived, and no receipt left the database. The log of the service says why.',
  },
});
