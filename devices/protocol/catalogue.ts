import type { z } from 'zod';
import { descriptor, wish } from './assets.js';
import { activeList, command, commandStatus } from './commands.js';
import { identity } from './enrolment.js';
import type { JwsType } from './jws.js';
import { keySet } from './keys.js';
import { planHead, planSynced } from './plan.js';
import { receiptAck, receiptMessage } from './receipts.js';
import { deviceReport, deviceState } from './state.js';
import { deviceEvent, telemetry } from './telemetry.js';
import { timeReply, timeRequest } from './time.js';
import { TOPIC_RULES } from './topics.js';
import { updateOrder, updateStatus } from './updates.js';

export type TopicName = keyof typeof TOPIC_RULES;

/** What a topic carries: from here come the JSON Schemas, the AsyncAPI document, the pages and the conformance kit. */
export interface Message {
  /** Name of its schema. */
  readonly name: string;
  readonly says: string;
  /** Signed by the service: a compact JWS of this type, whose payload the schema describes. Absent: JSON as it is. */
  readonly jws?: JwsType;
  /** Absent: raw bytes. */
  readonly schema?: z.ZodType;
}

export const CATALOGUE: Readonly<Record<TopicName, Message>> = {
  keys: {
    name: 'key-set',
    jws: 'vang-keys',
    schema: keySet,
    says: 'The signing keys with their validity and scope, signed by the root key that the device pinned at enrolment.',
  },
  'down.plan': {
    name: 'plan-head',
    jws: 'vang-plan',
    schema: planHead,
    says: 'The head of the plan of one device: its version, its area and cluster, and the hashes of the day parts.',
  },
  'down.acks': {
    name: 'receipt-ack',
    jws: 'vang-ack',
    schema: receiptAck,
    says: 'These receipts are durably stored; they need not be sent again.',
  },
  'down.time': {
    name: 'time-reply',
    jws: 'vang-time',
    schema: timeReply,
    says: 'The time of the service, over the nonce that the device asked with.',
  },
  'down.commands': {
    name: 'command',
    jws: 'vang-command',
    schema: command,
    says: 'A command to one device: obeyed once, and only before its expiry.',
  },
  'down.identity': {
    name: 'identity',
    jws: 'vang-identity',
    schema: identity,
    says: 'Who and where the device is, when that has changed since its enrolment (a merger of communes).',
  },
  'down.update': {
    name: 'update-order',
    jws: 'vang-update',
    schema: updateOrder,
    says: 'The program that the device shall run. Only a key whose scope is everything may sign it.',
  },
  'area.commands': {
    name: 'command',
    jws: 'vang-command',
    schema: command,
    says: 'A command to every device at or below an area, signed once.',
  },
  'area.active': {
    name: 'active-list',
    jws: 'vang-active',
    schema: activeList,
    says: 'The commands in force in an area now, as they were signed; empty when there are none.',
  },
  descriptor: {
    name: 'asset-descriptor',
    schema: descriptor,
    says: 'The hash of each chunk of an asset. Its own hash stands in the signed plan.',
  },
  chunk: { name: 'chunk', says: 'The bytes of one chunk.' },
  'up.receipts': {
    name: 'receipt-batch',
    schema: receiptMessage,
    says: 'Receipts of one boot in order, chained, under one signature of the device; or a list of such batches.',
  },
  'up.wishes': { name: 'wish', schema: wish, says: 'What the device lacks of which assets.' },
  'up.time': { name: 'time-request', schema: timeRequest, says: 'A question for the time, with a fresh nonce.' },
  'up.state': {
    name: 'device-state',
    schema: deviceState,
    says: 'How the device is; `online: false` is its last will.',
  },
  'up.reports': { name: 'device-report', schema: deviceReport, says: 'Input that the device refused.' },
  'up.plan': { name: 'plan-synced', schema: planSynced, says: 'The version of the plan that the device holds whole.' },
  'up.commands': { name: 'command-status', schema: commandStatus, says: 'What became of a command.' },
  'up.telemetry': {
    name: 'telemetry',
    schema: telemetry,
    says: 'Measurements of the moment; bytes since the start of the `boot`.',
  },
  'up.events': { name: 'device-event', schema: deviceEvent, says: 'What happened to the device.' },
  'up.update': { name: 'update-status', schema: updateStatus, says: 'How far an ordered program has come.' },
};

/** Letters of the largest message of a type that any of its topics takes. */
export function largestSigned(typ: JwsType): number {
  const names = Object.keys(CATALOGUE) as TopicName[];
  return Math.max(...names.filter((name) => CATALOGUE[name].jws === typ).map((name) => TOPIC_RULES[name].maxBytes));
}
