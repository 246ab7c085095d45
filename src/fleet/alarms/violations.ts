import type { Overrun, ViolationKind } from '../../platform/broker/index.js';
import { defineProblems } from '../../platform/i18n/index.js';

/** What a device asked of the broker and may not have: each kind is an alarm of its own. */
export const VIOLATION_ALARMS: Readonly<Record<ViolationKind, string>> = {
  publish: 'device.topicForbidden',
  retain: 'device.retainForbidden',
  subscribe: 'device.filterForbidden',
  filters: 'device.filtersTooMany',
  will: 'device.willForbidden',
  size: 'device.packetTooLarge',
  flood: 'device.packetFlood',
  clientId: 'device.clientIdForeign',
};

const SAYS: Readonly<Record<ViolationKind, (topic: string) => string>> = {
  publish: (topic) => `publish on ${topic}`,
  retain: (topic) => `retained message on ${topic}`,
  subscribe: (filter) => `subscribe to ${filter}`,
  filters: (filter) => `one filter too many: ${filter}`,
  will: (topic) => `last will on ${topic}`,
  size: () => 'a packet over the limit of the broker; the session was ended',
  flood: () => 'more packets in a minute than a session may send; the session was ended',
  clientId: (clientId) => `client id ${clientId}`,
};

/** The alarm about whoever did this; `topic`: the topic, filter or client id that was asked for. */
export const violationAlarm = (
  kind: ViolationKind,
  topic: string,
): { readonly code: string; readonly detail: string } => ({
  code: VIOLATION_ALARMS[kind],
  detail: SAYS[kind](topic),
});

const UNREAD: Readonly<Record<Overrun['reason'], string>> = {
  unsent: 'too much waited for it',
  stalled: 'its socket took nothing for a while',
  flood: 'it asked on and on without reading the answers',
};

export const overrunAlarm = ({ reason, unsentBytes }: Overrun): { readonly code: string; readonly detail: string } => ({
  code: 'device.notReading',
  detail: `${UNREAD[reason]} (${unsentBytes} bytes unsent)`,
});

defineProblems({
  'device.topicForbidden': {
    status: 422,
    vi: 'Thiết bị gửi tin lên kênh không phải của mình.',
    en: 'The device published on a topic that is not its own.',
  },
  'device.retainForbidden': {
    status: 422,
    vi: 'Thiết bị gửi tin lưu giữ (retain) ở kênh không được lưu giữ.',
    en: 'The device asked to retain a message where it may not.',
  },
  'device.filterForbidden': {
    status: 422,
    vi: 'Thiết bị đòi nghe kênh không phải của mình.',
    en: 'The device subscribed to what it may not hear.',
  },
  'device.filtersTooMany': {
    status: 429,
    vi: 'Thiết bị đòi nghe quá nhiều kênh cùng lúc.',
    en: 'The device subscribed to too many filters at a time.',
  },
  'device.willForbidden': {
    status: 422,
    vi: 'Thiết bị đặt di chúc (last will) ở kênh không phải của mình; kết nối bị từ chối.',
    en: 'The device left a last will on a topic that is not its own; it was not let in.',
  },
  'device.packetTooLarge': {
    status: 413,
    vi: 'Thiết bị gửi gói tin quá lớn; kết nối bị ngắt.',
    en: 'The device sent a packet that is too large; it was cut off.',
  },
  'device.packetFlood': {
    status: 429,
    vi: 'Thiết bị gửi dồn dập quá nhiều gói tin; kết nối bị ngắt.',
    en: 'The device sent a flood of packets; it was cut off.',
  },
  'device.clientIdForeign': {
    status: 403,
    vi: 'Thiết bị đăng nhập bằng client id của nơi khác; kết nối bị từ chối.',
    en: 'The device logged in with a client id that is not its own; it was not let in.',
  },
  'device.resourceForbidden': {
    status: 403,
    vi: 'Thiết bị đòi dùng tài nguyên của máy chủ MQTT ngoài phần dành cho thiết bị.',
    en: 'The device asked the MQTT broker for more than devices need.',
  },
  'device.notReading': {
    status: 408,
    vi: 'Thiết bị không đọc những gì đã xin nghe; kết nối bị ngắt.',
    en: 'The device does not read what it subscribed to; it was cut off.',
  },
  'device.loginRefused': {
    status: 401,
    vi: 'Nhiều lần đăng nhập sai dưới tên thiết bị này: thiết bị mất mã truy cập hoặc có kẻ mạo danh.',
    en: 'Repeated logins in the name of this device with a wrong token: it lost its token, or somebody pretends to be it.',
  },
  'device.proofRefused': {
    status: 403,
    vi: 'Nhiều lần xin mã truy cập dưới tên thiết bị này mà không có khóa đúng: có thể có kẻ mạo danh.',
    en: 'Repeated requests for a token in the name of this device without its key: perhaps an impostor.',
  },
  'device.claimReused': {
    status: 409,
    vi: 'Mã lắp đặt của thiết bị này nhiều lần bị dùng lại với khóa khác: mã QR có thể đã bị chụp lại.',
    en: 'The claim of this device was tried again with another key: perhaps somebody copied its QR code.',
  },
  'device.foreignName': {
    status: 403,
    vi: 'Thiết bị gửi tin dưới tên thiết bị khác; tin bị bỏ.',
    en: 'The device sent a message in the name of another device; it was dropped.',
  },
});
