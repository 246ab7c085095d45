/** Every text of the page. Vietnamese first; the English table has the same keys or does not compile. */
const vi = {
  title: 'Độ phủ',
  login: 'Đăng nhập',
  loginName: 'Tên đăng nhập',
  password: 'Mật khẩu',
  logout: 'Đăng xuất',
  firstUse: 'Lần đầu sử dụng',
  backToLogin: 'Quay lại đăng nhập',
  setupCode: 'Mã khởi tạo (in trong nhật ký máy chủ)',
  personName: 'Họ tên',
  createAdministrator: 'Tạo quản trị viên',
  setupHint: 'Mật khẩu ít nhất 10 ký tự.',
  demoBanner: 'DỮ LIỆU TẬP DƯỢT – không phải bằng chứng phát thật',
  noPlan: 'Chưa có kế hoạch truyền thông nào trong địa bàn của tài khoản này.',
  line: 'Chỉ tiêu',
  period: 'Thời gian thực hiện',
  reached: 'ô đã đạt',
  done: 'Hoàn thành',
  notDone: 'Chưa hoàn thành: còn thiếu {count} ô',
  complete: 'phát đủ',
  partial: 'phát chưa đủ',
  notPlayed: 'không phát',
  unknown: 'chưa rõ',
  notPlanned: 'chưa xếp lịch',
  communes: 'Theo xã',
  allCommunes: 'Tất cả các xã',
  matrix: 'Bài × ấp',
  script: 'Bài',
  cell: 'Bài {row}, {hamlet} {commune}: {state}',
  missing: 'Các ô còn thiếu',
  missingMore: '… và {count} ô khác',
  proof: 'Xác nhận phát chứng minh thiết bị đã phát, không chứng minh có người nghe.',
  updatedAt: 'Cập nhật lúc {time}',
  offline: 'Mất kết nối, đang thử lại…',
  criterion: 'Tiêu chí',
  produced: 'sản xuất đủ số lượng',
  playedEveryCommune: 'phát ở mọi xã',
  playedEveryHamlet: 'phát ở mọi ấp',
  pickCell: 'Chọn một ô để xem chi tiết.',
};

export type Messages = typeof vi;

const en: Messages = {
  title: 'Coverage',
  login: 'Log in',
  loginName: 'Login',
  password: 'Password',
  logout: 'Log out',
  firstUse: 'First use',
  backToLogin: 'Back to login',
  setupCode: 'Set-up code (printed in the log of the service)',
  personName: 'Name',
  createAdministrator: 'Create the administrator',
  setupHint: 'At least 10 characters for the password.',
  demoBanner: 'DEMO DATA – no proof of a real broadcast',
  noPlan: 'There is no communication plan in the area of this account yet.',
  line: 'Target',
  period: 'Period',
  reached: 'cells reached',
  done: 'Done',
  notDone: 'Not done: {count} cells are missing',
  complete: 'complete',
  partial: 'partial',
  notPlayed: 'not played',
  unknown: 'unknown',
  notPlanned: 'not planned',
  communes: 'By commune',
  allCommunes: 'All communes',
  matrix: 'Script × hamlet',
  script: 'Script',
  cell: 'Script {row}, {hamlet} {commune}: {state}',
  missing: 'Missing cells',
  missingMore: '… and {count} more',
  proof: 'Receipts prove that a device played, not that people listened.',
  updatedAt: 'Updated at {time}',
  offline: 'No connection, trying again…',
  criterion: 'Criterion',
  produced: 'produced in the asked number',
  playedEveryCommune: 'played in every commune',
  playedEveryHamlet: 'played in every hamlet',
  pickCell: 'Choose a cell to see its details.',
};

export function messagesFor(search: string): { readonly language: 'vi' | 'en'; readonly texts: Messages } {
  return new URLSearchParams(search).get('lang') === 'en'
    ? { language: 'en', texts: en }
    : { language: 'vi', texts: vi };
}

export function fill(text: string, parameters: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
