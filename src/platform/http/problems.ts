import { defineProblems } from '../i18n/index.js';

export const httpProblem = defineProblems({
  'request.invalid': {
    status: 400,
    vi: 'Dữ liệu gửi lên chưa đúng. Xem các mục được nêu và gửi lại.',
    en: 'The request is not valid. See the listed fields and send it again.',
  },
  'request.tooLarge': { status: 413, vi: 'Dữ liệu gửi lên quá lớn.', en: 'The request is too large.' },
  'request.notFound': { status: 404, vi: 'Không có địa chỉ này.', en: 'There is nothing at this address.' },
  'request.refused': { status: 400, vi: 'Yêu cầu không được chấp nhận.', en: 'The request was refused.' },
  'login.required': { status: 401, vi: 'Cần đăng nhập để tiếp tục.', en: 'Log in to go on.' },
  'right.missing': {
    status: 403,
    vi: 'Tài khoản này không có quyền làm việc đó ở địa bàn này.',
    en: 'This account has no right to do that in this area.',
  },
  'service.fault': {
    status: 500,
    vi: 'Máy chủ gặp lỗi. Thử lại; nếu vẫn lỗi, báo quản trị kèm mã yêu cầu.',
    en: 'The service failed. Try again; if it persists, tell the administrator the request id.',
  },
  'service.stopping': {
    status: 503,
    vi: 'Máy chủ đang khởi động lại. Thử lại sau ít giây.',
    en: 'The service is restarting. Try again in a few seconds.',
  },
  'field.invalid': { status: 400, vi: 'Giá trị này chưa hợp lệ.', en: 'This value is not valid.' },
  'stream.tooMany': {
    status: 429,
    vi: 'Tài khoản này đang mở {most} luồng theo dõi. Đóng bớt cửa sổ rồi thử lại.',
    en: 'This account has {most} event streams open. Close some windows, then try again.',
  },
  'service.diskFull': {
    status: 507,
    vi: 'Ổ đĩa của máy chủ đã đầy, chưa lưu được. Báo quản trị giải phóng ổ đĩa rồi thử lại.',
    en: 'The disk of the service is full; nothing was saved. Tell the administrator to free space, then try again.',
  },
});
