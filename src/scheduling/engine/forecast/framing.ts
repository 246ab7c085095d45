/**
 * What messages weigh on the line that a SIM pays for: MQTT 3.1.1 packets in TLS 1.3 in TCP over IPv4. Lost packets that are sent
 * again are not counted.
 */

/** RFC 791 and RFC 9293: 20 bytes of IPv4 and 20 of TCP, without options. */
const TCP_IP_BYTES = 40;
/** Ethernet's 1,500 less the headers, less what mobile networks take for their tunnels (GTP: 1,400 is common). */
const SEGMENT_BYTES = 1_360;
/** RFC 1122, 4.2.3.2: at least every second full segment is acknowledged. */
const SEGMENTS_PER_ACK = 2;
/** RFC 8446, 5.2: header of 5, type of 1, tag of 16 for each record of at most 16 KiB. */
const TLS_RECORD_BYTES = 22;
const LONGEST_RECORD_BYTES = 16_384;

/** Bytes in both directions for `bytes` of one message in one of them. */
export function onWire(bytes: number): number {
  if (bytes <= 0) return 0;
  const sealed = bytes + Math.ceil(bytes / LONGEST_RECORD_BYTES) * TLS_RECORD_BYTES;
  const segments = Math.ceil(sealed / SEGMENT_BYTES);
  return sealed + (segments + Math.ceil(segments / SEGMENTS_PER_ACK)) * TCP_IP_BYTES;
}

/** MQTT 3.1.1, 2.2.3: seven bits of the remaining length in each byte. */
function lengthBytes(remaining: number): number {
  return remaining < 128 ? 1 : remaining < 16_384 ? 2 : remaining < 2_097_152 ? 3 : 4;
}

const packetBytes = (remaining: number): number => 1 + lengthBytes(remaining) + remaining;

/** MQTT 3.1.1, 3.3: length and letters of the topic (ASCII in this contract), an id from QoS 1 on, the payload. */
export function publishBytes(topic: string, payloadBytes: number, qos: 0 | 1): number {
  return packetBytes(2 + topic.length + (qos === 0 ? 0 : 2) + payloadBytes);
}

/** PUBACK (3.4), SUBACK with one code (3.9), UNSUBACK (3.11), PINGREQ and PINGRESP (3.12, 3.13). */
const PUBACK_BYTES = 4;
const SUBACK_BYTES = 5;
const UNSUBACK_BYTES = 4;
const PING_BYTES = 2;

/** A message with its acknowledgement, if any. */
export function publishOnWire(topic: string, payloadBytes: number, qos: 0 | 1): number {
  return onWire(publishBytes(topic, payloadBytes, qos)) + (qos === 0 ? 0 : onWire(PUBACK_BYTES));
}

/** SUBSCRIBE (3.8) and UNSUBSCRIBE (3.10) to one topic, with their answers. */
export function subscribeOnWire(topic: string): number {
  return onWire(packetBytes(2 + 2 + topic.length + 1)) + onWire(SUBACK_BYTES);
}

export function unsubscribeOnWire(topic: string): number {
  return onWire(packetBytes(2 + 2 + topic.length)) + onWire(UNSUBACK_BYTES);
}

export const PING_ON_WIRE = 2 * onWire(PING_BYTES);

/** CONNECT (3.1) with client id, user name, password and a will; CONNACK (3.2) has 4 bytes. */
export function connectOnWire(account: {
  readonly device: string;
  readonly tokenBytes: number;
  readonly willTopic: string;
  readonly willBytes: number;
}): number {
  const { device, tokenBytes, willTopic, willBytes } = account;
  const texts = [device.length, device.length, tokenBytes, willTopic.length, willBytes];
  return onWire(packetBytes(10 + texts.reduce((sum, bytes) => sum + 2 + bytes, 0))) + onWire(4);
}
