/** Texts of the login, and of a line that fails, on every page that has them. */
const vi = {
  login: 'Đăng nhập',
  loginName: 'Tên đăng nhập',
  password: 'Mật khẩu',
  logout: 'Đăng xuất',
  firstUse: 'Lần đầu sử dụng',
  backToLogin: 'Quay lại đăng nhập',
  setupCode: 'Mã khởi tạo',
  setupCodeHint: 'In trong nhật ký khi máy chủ khởi động.',
  personName: 'Họ tên',
  loginHint: '3–64 chữ thường không dấu, chữ số, dấu chấm hoặc gạch.',
  passwordHint: 'Ít nhất 10 ký tự.',
  createAdministrator: 'Tạo quản trị viên',
  tagline: 'Lịch phát thanh cơ sở và bằng chứng phát',
  loading: 'Đang tải…',
  offline: 'Mất kết nối, đang thử lại…',
  online: 'Đã kết nối lại.',
};

export type LoginTexts = typeof vi;

const en: LoginTexts = {
  login: 'Log in',
  loginName: 'Login',
  password: 'Password',
  logout: 'Log out',
  firstUse: 'First use',
  backToLogin: 'Back to login',
  setupCode: 'Set-up code',
  setupCodeHint: 'Printed in the log when the service starts.',
  personName: 'Name',
  loginHint: '3–64 lower-case letters without diacritics, digits, dots or dashes.',
  passwordHint: 'At least 10 characters.',
  createAdministrator: 'Create the administrator',
  tagline: 'Broadcast schedules for commune loudspeakers, with proof of play',
  loading: 'Loading…',
  offline: 'No connection, trying again…',
  online: 'Connected again.',
};

export const LOGIN_TEXTS = { vi, en } as const;
