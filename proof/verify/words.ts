/** What a check looks at, and what it can find wrong, in the words of somebody who pays for broadcasts. */
interface Words {
  readonly vi: string;
  readonly en: string;
}

export const CHECKS = {
  archive: {
    vi: 'Tệp nguyên vẹn: từng byte đúng như lúc lập hồ sơ',
    en: 'The file is whole: every byte as it was when the pack was made',
  },
  keys: {
    vi: 'Hồ sơ do đúng hệ thống này ký, khóa dẫn về khóa gốc',
    en: 'This installation signed the pack, with a key that its root key vouches for',
  },
  devices: { vi: 'Lý lịch và khóa của từng thiết bị', en: 'Enrolment and keys of each device' },
  receipts: {
    vi: 'Chữ ký, chuỗi và nội dung từng xác nhận phát',
    en: 'Signature, chain and statements of each receipt',
  },
  log: {
    vi: 'Xác nhận phát có trong sổ nhật ký không sửa được',
    en: 'The receipts are in the log that nobody can rewrite',
  },
  texts: { vi: 'Văn bản đã duyệt và âm thanh đã phát', en: 'Approved texts and the sound that was played' },
  declared: {
    vi: 'Khai báo và ảnh kèm theo (không tính là đã phát)',
    en: 'What was declared, with its photographs (never counted as played)',
  },
  coverage: {
    vi: 'Bảng độ phủ khớp với xác nhận phát',
    en: 'The table of coverage agrees with the receipts',
  },
  answers: { vi: 'Câu trả lời của trưởng ấp', en: 'What hamlet heads said' },
} as const satisfies Record<string, Words>;
export type CheckCode = keyof typeof CHECKS;

/** `{file}` and the like are filled in. */
export const FINDINGS = {
  notArchive: { vi: 'Đây không phải là hồ sơ nghiệm thu (tệp ZIP).', en: 'This is no evidence pack (ZIP file).' },
  tooLarge: { vi: 'Tệp lớn hơn mức công cụ này đọc được.', en: 'The file is larger than this tool can read.' },
  endAltered: {
    vi: 'Phần cuối tệp bị sửa, bị cắt hoặc có thêm dữ liệu phía sau.',
    en: 'The end of the file was altered or cut off, or something was added behind it.',
  },
  directoryAltered: {
    vi: 'Mục lục của tệp ZIP bị sửa{about}.',
    en: 'The directory of the ZIP file was altered{about}.',
  },
  headerAltered: {
    vi: 'Phần đầu của {file} trong tệp ZIP bị sửa.',
    en: 'The header of {file} within the ZIP file was altered.',
  },
  manifestMissing: {
    vi: 'Thiếu manifest.json hoặc manifest.sig ở cuối hồ sơ.',
    en: 'manifest.json or manifest.sig is missing at the end of the pack.',
  },
  manifestUnreadable: {
    vi: 'manifest.json bị sửa hoặc không đọc được.',
    en: 'manifest.json was altered or cannot be read.',
  },
  manifestUnsigned: {
    vi: 'Chữ ký của hồ sơ không đúng: manifest.json hoặc manifest.sig bị sửa, hoặc do khóa khác ký.',
    en: 'The signature of the pack is wrong: manifest.json or manifest.sig was altered, or another key signed.',
  },
  formatOther: {
    vi: 'Hồ sơ theo định dạng {found}, công cụ này đọc định dạng {own}. Dùng verify.html công bố cùng thời với hồ sơ.',
    en: 'The pack is of format {found}, this tool reads format {own}. Use the verify.html that was published in its time.',
  },
  fileMissing: { vi: 'Thiếu tệp {file}.', en: 'The file {file} is missing.' },
  fileExtra: { vi: 'Có tệp lạ {file} trong hồ sơ.', en: 'There is a foreign file {file} in the pack.' },
  fileTwice: { vi: 'Tệp {file} có hai lần trong hồ sơ.', en: '{file} is in the pack twice.' },
  fileAltered: { vi: 'Tệp {file} bị sửa.', en: 'The file {file} was altered.' },
  fileOrder: {
    vi: 'Các tệp trong hồ sơ bị đảo thứ tự (từ {file}).',
    en: 'The files are in another order (from {file} on).',
  },
  fileBomb: {
    vi: 'Tệp {file} bung ra lớn hơn mức khai báo: không đọc tiếp.',
    en: 'The file {file} unpacks to more than was declared: reading stopped.',
  },
  fileUnreadable: { vi: 'Tệp {file} không đúng định dạng.', en: 'The file {file} is not well-formed.' },
  rootWrong: {
    vi: 'Khóa gốc của hồ sơ không phải khóa gốc đã công bố (hồ sơ: {found}).',
    en: 'The root key of the pack is not the published one (pack: {found}).',
  },
  keySetWrong: { vi: '{file} không do khóa gốc ký.', en: '{file} was not signed by the root key.' },
  keyUnknown: {
    vi: 'Khóa ký hồ sơ không có trong bộ khóa nào còn hiệu lực lúc {at}.',
    en: 'The key that signed the pack is in no key set that was valid at {at}.',
  },
  deviceWrong: {
    vi: '{file} là lý lịch của thiết bị khác.',
    en: '{file} is the record of another device.',
  },
  deviceKeyTwice: {
    vi: 'Hai thiết bị {device} và {other} khai cùng một khóa.',
    en: 'The devices {device} and {other} claim the same key.',
  },
  demoMixed: {
    vi: 'Thiết bị {device} là thiết bị mô phỏng trong hồ sơ không ghi là trình diễn.',
    en: 'Device {device} is simulated in a pack that does not say that it is a demonstration.',
  },
  runUnreadable: { vi: '{file}, dòng {line}: không đọc được.', en: '{file}, line {line}: cannot be read.' },
  chainForged: {
    vi: 'Thiết bị {device}, số {seq}: chuỗi không khớp. Một xác nhận phát bị sửa, bị bỏ hoặc bị thêm vào.',
    en: 'Device {device}, number {seq}: the chain does not fit. A receipt was altered, removed or added.',
  },
  signatureWrong: {
    vi: 'Thiết bị {device}, số {seq}: chữ ký của thiết bị không đúng.',
    en: 'Device {device}, number {seq}: the signature of the device is wrong.',
  },
  keyForeign: {
    vi: 'Thiết bị {device}, số {seq}: ký bằng khóa không thuộc thiết bị này vào lúc đó.',
    en: 'Device {device}, number {seq}: signed with a key that was not this device’s at that time.',
  },
  receiptUnreadable: {
    vi: 'Thiết bị {device}, số {seq}: xác nhận phát không đọc được.',
    en: 'Device {device}, number {seq}: the receipt cannot be read.',
  },
  receiptForeign: {
    vi: 'Thiết bị {device}, số {seq}: xác nhận phát mang tên thiết bị, lần khởi động hoặc số thứ tự khác ({found}).',
    en: 'Device {device}, number {seq}: the receipt names another device, boot or number ({found}).',
  },
  receiptTwice: {
    vi: 'Thiết bị {device}, số {seq}: xác nhận phát hoặc lượt phát này có hai lần.',
    en: 'Device {device}, number {seq}: this receipt, or this play, stands there twice.',
  },
  receiptElsewhere: {
    vi: 'Thiết bị {device}, số {seq}: thiết bị nói phát ở cụm loa {found}, lý lịch ghi cụm loa khác.',
    en: 'Device {device}, number {seq}: the device says it played at cluster {found}, its record names another.',
  },
  receiptOutside: {
    vi: 'Thiết bị {device}, số {seq}: lượt phát ngoài kỳ, ngoài địa bàn hoặc ngoài kế hoạch của hồ sơ.',
    en: 'Device {device}, number {seq}: a play outside the period, area or plan of the pack.',
  },
  receiptOutsideLife: {
    vi: 'Thiết bị {device}, số {seq}: lượt phát trước khi thiết bị được đăng ký hoặc sau khi bị thu hồi.',
    en: 'Device {device}, number {seq}: a play from before the device was enrolled or after it was revoked.',
  },
  receiptDoubted: {
    vi: 'Thiết bị {device}, số {seq}: ký trong thời gian khóa của thiết bị đã bị thu hồi vì có thể ở tay người khác.',
    en: 'Device {device}, number {seq}: signed in a time for which the device’s key was revoked, as it may have been in other hands.',
  },
  receiptAbsurd: {
    vi: 'Thiết bị {device}, số {seq}: xác nhận phát tự mâu thuẫn.',
    en: 'Device {device}, number {seq}: the receipt contradicts itself.',
  },
  receiptSimulated: {
    vi: 'Thiết bị {device}, số {seq}: xác nhận phát mô phỏng trong hồ sơ không ghi là trình diễn.',
    en: 'Device {device}, number {seq}: a simulated receipt in a pack that does not say that it is a demonstration.',
  },
  receiptCount: {
    vi: 'Hồ sơ khai {said} xác nhận phát nhưng có {found}.',
    en: 'The pack says that it holds {said} receipts and holds {found}.',
  },
  statedCountWrong: {
    vi: 'Tệp khai {said} mục nhưng có {found}.',
    en: 'The file says that it holds {said} of them and holds {found}.',
  },
  checkpointWrong: {
    vi: 'Điểm chốt của sổ nhật ký không do hệ thống này ký.',
    en: 'The checkpoint of the log was not signed by this installation.',
  },
  leafTwice: {
    vi: 'Thiết bị {device}, số {seq}: hai xác nhận phát khai cùng số {found} trong sổ nhật ký.',
    en: 'Device {device}, number {seq}: two receipts claim the number {found} of the log.',
  },
  inclusionWrong: {
    vi: 'Sổ nhật ký không chứa đúng các xác nhận phát này: có xác nhận bị sửa hoặc không có trong sổ.',
    en: 'The log does not contain just these receipts: one was altered or is not in the log.',
  },
  textAltered: {
    vi: '{file} không khớp mã băm của văn bản đã duyệt.',
    en: '{file} does not match the hash of the approved text.',
  },
  textUnknown: {
    vi: 'Thiết bị {device}, số {seq}: bản tin hoặc phiên bản này không có trong danh mục đã duyệt.',
    en: 'Device {device}, number {seq}: this item or version is not among the approved ones.',
  },
  textOther: {
    vi: 'Thiết bị {device}, số {seq}: văn bản hoặc âm thanh đã phát không phải bản đã duyệt.',
    en: 'Device {device}, number {seq}: the text or sound that was played is not the approved one.',
  },
  coverageWrong: {
    vi: 'coverage.csv, {item}, {place}: ghi “{said}”, xác nhận phát tính theo quy tắc của chỉ tiêu cho thấy “{found}”.',
    en: 'coverage.csv, {item}, {place}: says “{said}”, the receipts under the rule of the line show “{found}”.',
  },
  countWrong: {
    vi: 'coverage.csv, {item}, {place}: số lần {what} ghi {said}, hồ sơ cho thấy {found}.',
    en: 'coverage.csv, {item}, {place}: {what} is stated as {said}, the pack shows {found}.',
  },
  lineMissing: { vi: 'coverage.csv thiếu {item}, {place}.', en: 'coverage.csv lacks {item}, {place}.' },
  lineForeign: {
    vi: 'coverage.csv, {item}, {place}: ấp hoặc cụm loa này không có trong hamlets.json.',
    en: 'coverage.csv, {item}, {place}: this hamlet or cluster is not in hamlets.json.',
  },
  playUncounted: {
    vi: 'Có xác nhận phát của bản tin {item} ở cụm loa {place} ngày {day}, nhưng lúc đó cụm loa không phục vụ ấp nào trong bảng.',
    en: 'There are receipts of item {item} at cluster {place} on {day}, when it served no hamlet of the table.',
  },
  languageOther: {
    vi: '{item}: thứ tiếng {found} không thuộc chỉ tiêu này.',
    en: '{item}: the language {found} is not one that the line asks for.',
  },
  reachOther: {
    vi: 'Thiết bị {device}, {place}: lý lịch và hamlets.json ghi khác nhau về máy phát.',
    en: 'Device {device}, {place}: its record and hamlets.json differ in whether it is a transmitter.',
  },
  declaredOutside: {
    vi: 'Khai báo {item}, {place}, {person}: ngày ngoài kỳ của hồ sơ.',
    en: 'Declared {item}, {place}, {person}: its day is outside the period of the pack.',
  },
  declaredPhoto: {
    vi: 'Khai báo {item}, {place}, {person}: ảnh {file} không phải ảnh đã nộp.',
    en: 'Declared {item}, {place}, {person}: the photograph {file} is not the one that was handed in.',
  },
  declaredCount: {
    vi: 'Hồ sơ ghi {said} khai báo nhưng có {found}.',
    en: 'The pack says that it holds {said} declarations and holds {found}.',
  },
  resultWrong: {
    vi: 'Kết quả ghi {said}, tính lại được {found}.',
    en: 'The result says {said}; recomputed it is {found}.',
  },
} as const satisfies Record<string, Words>;
export type FindingCode = keyof typeof FINDINGS;

/** The first of them stands above everything. */
export const NOTES = {
  demo: {
    vi: 'SỐ LIỆU TRÌNH DIỄN: hồ sơ của cơ sở dữ liệu mô phỏng, không chứng minh điều gì.',
    en: 'DEMONSTRATION DATA: a pack of a database with simulated devices; it proves nothing.',
  },
  rootUnchecked: {
    vi: 'Chưa so khóa gốc: đối chiếu dấu vân tay dưới đây với bản mà cơ quan đã công bố.',
    en: 'The root key was not compared: compare the fingerprint below with the one that the office published.',
  },
  noLog: {
    vi: 'Hồ sơ không có điểm chốt của sổ nhật ký: không chứng minh được rằng số liệu không bị bỏ bớt từ trước khi lập hồ sơ.',
    en: 'The pack has no checkpoint of the log: it cannot show that nothing was removed before it was made.',
  },
  neighbours: {
    vi: '{count} xác nhận phát của nội dung hoặc kỳ khác cùng chữ ký chỉ có mã băm: chuỗi vẫn khớp, không phải bị sửa.',
    en: '{count} receipts of other content or days under the same signatures stand as hashes: the chain holds, nothing was altered.',
  },
  apart: {
    vi: '{count} xác nhận phát cùng chữ ký đã bị hệ thống cách ly, chỉ có mã băm: chuỗi vẫn khớp, không tính vào ô nào.',
    en: '{count} receipts under the same signatures are in quarantine and stand as hashes: the chain holds, they count in no cell.',
  },
  heardWord: {
    vi: '{count} câu trả lời “nghe rõ” của trưởng ấp là do hệ thống ghi lại, thiết bị không ký.',
    en: '{count} answers of hamlet heads are the word of the installation; no device signed them.',
  },
  declaredWord: {
    vi: '{count} khai báo là lời của người khai kèm ảnh, không phải xác nhận phát và không làm ô nào thành phát đủ.',
    en: '{count} declarations are the word of a person with a photograph; they are no receipts and complete no cell.',
  },
  photoLost: {
    vi: 'Khai báo {item}, {place}, {person}: ảnh không còn, chỉ có mã băm.',
    en: 'Declared {item}, {place}, {person}: the photograph is gone, only its hash stands.',
  },
  notInLogYet: {
    vi: '{count} xác nhận phát mới chưa kịp vào sổ nhật ký lúc lập hồ sơ.',
    en: '{count} recent receipts were not in the log yet when the pack was made.',
  },
  playing: {
    vi: 'Xác nhận phát chứng minh thiết bị đã phát, không chứng minh người dân đã nghe.',
    en: 'Receipts prove that the device played, not that people listened.',
  },
  operator: {
    vi: 'Người nắm giữ thiết bị vẫn có thể để thiết bị phát ở nơi khác, tháo loa khỏi tăng âm, hoặc lấy khóa trong thiết bị để ký thay.',
    en: 'Who controls a device can still let it play elsewhere, take the loudspeaker off its amplifier, or sign with the key from inside it.',
  },
} as const satisfies Record<string, Words>;
export type NoteCode = keyof typeof NOTES;

export type Language = 'vi' | 'en';
export type Parameters = Readonly<Record<string, string | number>>;

/** Codes of the table, in words. */
const TERMS: Readonly<Record<string, Words>> = {
  complete: { vi: 'phát đủ', en: 'complete' },
  partial: { vi: 'phát chưa đủ', en: 'partial' },
  notPlayed: { vi: 'không phát', en: 'not played' },
  unknown: { vi: 'chưa rõ', en: 'unknown' },
  notPlanned: { vi: 'chưa xếp lịch', en: 'not planned' },
  so_lan_phat_du: { vi: 'phát đủ', en: 'the number of complete plays' },
  so_lan_co_tin_hieu: { vi: 'đường loa có tín hiệu', en: 'the number of plays with a signal on the line' },
  so_lan_phat_chua_du: { vi: 'phát chưa đủ', en: 'the number of partial plays' },
  so_lan_nghe_ro: { vi: 'trưởng ấp nghe rõ', en: 'the number of sessions that were heard clearly' },
  khai_bao: { vi: 'khai báo', en: 'the number of declarations' },
};
const CODED = ['said', 'found', 'what'];

export function filled(words: Words, language: Language, parameters: Parameters = {}): string {
  return words[language].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(parameters[name] ?? '');
    return (CODED.includes(name) && TERMS[value]?.[language]) || value;
  });
}
