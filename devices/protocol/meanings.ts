import type { CommandRefusal } from './commands.js';
import type { Cause, DEVICE_GRADES, Outcome } from './receipts.js';
import type { Capability, ReportCode } from './state.js';
import type { EventKind, FaultCode } from './telemetry.js';
import type { UpdateState } from './updates.js';

/** What a code of the contract means, for screens and for whoever writes a controller. */
export interface Meaning {
  readonly vi: string;
  readonly en: string;
}
type Meanings<Code extends string> = Readonly<Record<Code, Meaning>>;

export const OUTCOME_MEANINGS: Meanings<Outcome> = {
  complete: { vi: 'phát đủ', en: 'All of it sounded, within its time.' },
  partial: { vi: 'phát chưa đủ', en: 'Some of it sounded; `playedMs` says how much.' },
  notPlayed: { vi: 'không phát', en: 'Nothing of it sounded.' },
};

/** Why a play is not complete. */
export const CAUSE_MEANINGS: Meanings<Cause> = {
  powerLost: { vi: 'mất điện', en: 'The device had no power.' },
  playerStopped: { vi: 'phần mềm phát bị dừng', en: 'The player program was down, the device was not.' },
  noTrustedTime: { vi: 'không có giờ tin cậy', en: 'The device was on, but without a trusted clock.' },
  planLate: { vi: 'lịch đến trễ', en: 'The plan reached the device after the planned start.' },
  assetMissing: { vi: 'chưa nhận được âm thanh', en: 'The audio had not arrived.' },
  assetDamaged: { vi: 'âm thanh hỏng', en: 'The audio could not be decoded or did not match its hash.' },
  late: { vi: 'bỏ qua vì trễ', en: 'The late policy of the play said skip.' },
  noTimeLeft: { vi: 'không còn đủ giờ', en: 'The latest end had passed, or too little was left before it.' },
  cutShort: { vi: 'bị cắt ở giờ kết thúc', en: 'It was stopped at its latest end.' },
  preempted: {
    vi: 'nhường cho bản tin được ưu tiên',
    en: 'Another play took the loudspeaker and no time was left to go on, or a relay went on without being heard.',
  },
  withdrawn: { vi: 'đã rút khỏi lịch', en: 'It was taken out of the plan before or while it played.' },
  stopped: { vi: 'có người dừng, theo lệnh hoặc tại chỗ', en: 'A person stopped it, at the device or by command.' },
  soundFailed: { vi: 'lỗi đầu ra âm thanh', en: 'The sound device failed.' },
};

export const GRADE_MEANINGS: Meanings<(typeof DEVICE_GRADES)[number]> = {
  received: { vi: 'đã nhận lịch', en: 'The plan names it and is here; the audio is not.' },
  verified: { vi: 'đã có âm thanh', en: 'The audio is here and matches its hash.' },
  started: { vi: 'đã bắt đầu phát', en: 'It began to sound.' },
  completed: { vi: 'đã phát hết', en: 'It sounded to its end.' },
};

/** Why a device refused a command. */
export const REFUSAL_MEANINGS: Meanings<CommandRefusal> = {
  unsupported: {
    vi: 'thiết bị không làm được việc này',
    en: 'The device does not know this kind of command or has no hardware for it.',
  },
  fromFuture: {
    vi: 'lệnh ghi giờ ở tương lai',
    en: 'It was issued by a clock that is far ahead (see the times below).',
  },
  tooLong: { vi: 'thời hạn dài hơn cho phép', en: 'It lives, or asks for, longer than the contract allows.' },
  noTrustedTime: {
    vi: 'thiết bị chưa biết giờ',
    en: 'The device could not learn the time before the command expired.',
  },
  notSounding: { vi: 'không có gì đang phát', en: 'There was nothing to stop.' },
  failed: { vi: 'phần cứng không thực hiện được', en: 'The device tried and its hardware refused.' },
};

/** What a device refused; the service raises the alarm `device.` + code. */
export const REPORT_MEANINGS: Meanings<ReportCode> = {
  keysRejected: {
    vi: 'từ chối bộ khóa',
    en: 'A key set is not signed by the root key, or is older than the one held.',
  },
  planRejected: {
    vi: 'từ chối lịch',
    en: 'A plan head is not genuine, for another device, or older than the one held.',
  },
  ackRejected: { vi: 'từ chối xác nhận của máy chủ', en: 'An acknowledgement is not genuine.' },
  timeRejected: { vi: 'từ chối giờ', en: 'An answer to the question for the time is not genuine.' },
  partRejected: {
    vi: 'không đọc được phần lịch',
    en: 'A day part is no gzip of JSON as the contract says, or too large.',
  },
  assetRejected: { vi: 'âm thanh hỏng', en: 'A chunk, a descriptor or a whole asset does not match its hash.' },
  commandRejected: { vi: 'từ chối lệnh giả', en: 'A command is not genuine, or for another device.' },
  activeRejected: {
    vi: 'từ chối danh sách đang hiệu lực',
    en: 'An active list is not genuine or older than the one held.',
  },
  identityRejected: { vi: 'từ chối danh tính mới', en: 'An identity is not genuine or for another key.' },
  updateRejected: { vi: 'từ chối bản cập nhật', en: 'An update order is not genuine, or its bundle cannot be used.' },
};

export const EVENT_MEANINGS: Meanings<EventKind> = {
  booted: { vi: 'khởi động', en: 'The device started.' },
  powerLost: { vi: 'mất điện', en: 'The supply is gone; told with the last of the charge.' },
  powerBack: { vi: 'có điện lại', en: 'The supply is back.' },
  faultBegan: { vi: 'bắt đầu lỗi', en: 'A fault began; `code` names it.' },
  faultEnded: { vi: 'hết lỗi', en: 'A fault ended; `code` names it.' },
  stopButton: { vi: 'bấm nút dừng', en: 'A person pressed the stop button at the device.' },
  lineSilent: { vi: 'đường loa im', en: 'A play sounded and the loudspeaker line carried nothing.' },
  relayLost: { vi: 'mất nguồn tiếp sóng', en: 'A relayed source gave nothing; the stored sound took its place.' },
  relayBack: { vi: 'có lại nguồn tiếp sóng', en: 'A relayed source is heard again.' },
};

export const FAULT_MEANINGS: Meanings<FaultCode> = {
  sound: { vi: 'hỏng phần phát âm thanh', en: 'The sound output fails.' },
  amplifier: { vi: 'hỏng tăng âm', en: 'The amplifier does not do as it is told.' },
  line: { vi: 'hỏng đường loa', en: 'The loudspeaker line carries nothing while something plays.' },
  storage: { vi: 'hỏng bộ nhớ', en: 'The storage cannot be read or written.' },
  storageFull: { vi: 'bộ nhớ đầy', en: 'There is no room for what the plan needs.' },
  temperature: { vi: 'quá nóng', en: 'The device is too hot.' },
  supply: { vi: 'nguồn điện không ổn định', en: 'The supply is outside its limits.' },
};

export const UPDATE_MEANINGS: Meanings<UpdateState> = {
  received: { vi: 'đã nhận lệnh', en: 'The order is verified; its bundle is being fetched.' },
  downloaded: { vi: 'đã tải xong', en: 'The bundle is here and waits for a quiet time.' },
  installing: { vi: 'đang cài', en: 'The new program starts now.' },
  healthy: { vi: 'chạy tốt', en: 'The program of this release runs and has shown that it works.' },
  rolledBack: { vi: 'đã quay về bản cũ', en: 'The new program did not show that it works; the former one runs.' },
  refused: { vi: 'từ chối', en: 'The bundle cannot be used; `detail` says why.' },
};

export const CAPABILITY_MEANINGS: Meanings<Capability> = {
  stream: { vi: 'tiếp sóng qua mạng', en: 'Relays an address.' },
  lineIn: { vi: 'tiếp âm từ ngõ vào', en: 'Relays what comes in at its input.' },
  fm: { vi: 'tiếp sóng FM', en: 'Relays a tuner.' },
  amplifier: { vi: 'bật tắt tăng âm', en: 'Switches an amplifier.' },
  lineSense: { vi: 'đo đường loa', en: 'Hears whether the loudspeaker line carries a signal.' },
  testTone: { vi: 'phát âm thử', en: 'Sounds a test tone.' },
  reboot: { vi: 'khởi động lại', en: 'Starts its machine anew.' },
  update: { vi: 'tự cập nhật', en: 'Changes its program by a signed order.' },
  archive: { vi: 'giữ xác nhận phát cũ', en: 'Keeps acknowledged receipts and sends them again when asked.' },
};
