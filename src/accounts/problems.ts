import { defineProblems } from '../platform/i18n/index.js';

export const accountProblem = defineProblems({
  'login.wrong': { status: 401, vi: 'Tên đăng nhập hoặc mật khẩu chưa đúng.', en: 'Wrong login or password.' },
  'login.tooMany': {
    status: 429,
    vi: 'Sai quá nhiều lần. Thử lại sau {minutes} phút.',
    en: 'Too many attempts. Try again in {minutes} minutes.',
  },
  'setup.done': { status: 409, vi: 'Hệ thống đã có quản trị viên.', en: 'There is an administrator already.' },
  'setup.codeWrong': {
    status: 403,
    vi: 'Mã khởi tạo chưa đúng. Mã in trong nhật ký khi máy chủ khởi động.',
    en: 'Wrong set-up code. It is printed in the log when the service starts.',
  },
  'account.loginTaken': { status: 409, vi: 'Tên đăng nhập đã có người dùng.', en: 'This login is taken.' },
  'account.areaUnknown': {
    status: 422,
    vi: 'Không có địa bàn được nêu trong phân quyền.',
    en: 'An area named in the grants does not exist.',
  },
});
